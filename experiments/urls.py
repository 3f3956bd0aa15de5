"""Addresses of the experiments pages."""

from django.urls import URLPattern, URLResolver, path

from experiments.views import detail, lists, plan

app_name = "experiments"

urlpatterns: list[URLPattern | URLResolver] = [
    path("experiments/", lists.experiment_list, name="experiment-list"),
    path("experiments/new/", plan.new, name="experiment-new"),
    path("experiments/card-facts/", lists.card_facts, name="card-facts"),
    path("experiments/<str:key>/", detail.detail, name="experiment-detail"),
    path("experiments/<str:key>/start/", detail.start, name="start"),
    path("experiments/<str:key>/results/", detail.enter_results, name="results"),
    path("experiments/<str:key>/decide/", detail.decide, name="decide"),
    path("experiments/<str:key>/release/", detail.release, name="release"),
    path("experiments/<str:key>/measure/", detail.measure, name="measure"),
]
