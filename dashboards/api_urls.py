"""Addresses of this floor's API."""

from django.urls import URLPattern, URLResolver, path

from dashboards import api

app_name = "dashboards_api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("themes/", api.theme_list, name="theme-list"),
    path("themes/<int:theme_id>/", api.theme_detail, name="theme-detail"),
    path("metrics/", api.metric_list, name="metric-list"),
]
