"""Addresses of the experiments pages."""

from django.urls import URLPattern, URLResolver, path, register_converter

from experiments.views import detail, lists, plan


class Key:
    """EXP-45 in an address."""

    regex = "EXP-[0-9]{1,9}"
    # A key of this shape that belongs to nothing, for the walk over all addresses.
    example = "EXP-999999999"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Key, "experiment")

app_name = "experiments"

urlpatterns: list[URLPattern | URLResolver] = [
    path("experiments/", lists.experiment_list, name="experiment-list"),
    path("experiments/new/", plan.new, name="experiment-new"),
    path("experiments/card-facts/", lists.card_facts, name="card-facts"),
    path("experiments/<experiment:key>/", detail.detail, name="experiment-detail"),
    path("experiments/<experiment:key>/start/", detail.start, name="start"),
    path("experiments/<experiment:key>/results/", detail.enter_results, name="results"),
    path("experiments/<experiment:key>/decide/", detail.decide, name="decide"),
    path("experiments/<experiment:key>/release/", detail.release, name="release"),
    path("experiments/<experiment:key>/measure/", detail.measure, name="measure"),
]
