"""Addresses of this floor's API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from experiments import api

app_name = "experiments_api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("experiments/", api.experiments, name="experiment-list"),
    path("experiments/<str:key>/", api.experiment_detail, name="experiment-detail"),
    path("experiments/<str:key>/results/", api.experiment_results, name="experiment-results"),
    path("releases/", api.releases, name="release-list"),
]
