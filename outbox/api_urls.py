"""Addresses of this floor's API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from outbox import api

app_name = "outbox_api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/<int:job_id>/", api.job_detail, name="job-detail"),
]
