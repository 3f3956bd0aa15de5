"""Addresses of this floor's API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from hypotheses import api

app_name = "hypotheses_api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("hypotheses/", api.hypotheses, name="hypothesis-list"),
    path("hypotheses/<str:key>/", api.hypothesis_detail, name="hypothesis-detail"),
    path("hypotheses/<str:key>/<str:move>/", api.hypothesis_move, name="hypothesis-move"),
    path("sprints/", api.sprints, name="sprint-list"),
]
