"""All addresses. Each floor lists its own; an address belongs to the floor that shows it."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("outbox.urls")),
    path("api/v1/", include("outbox.api_urls")),
    path("", include("metrics.urls")),
    path("", include("feedback.urls")),
    path("", include("hypotheses.urls")),
    path("", include("experiments.urls")),
    path("", include("collaboration.urls")),
    path("", include("dashboards.urls")),
]
