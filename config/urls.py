"""All addresses. Each floor lists its own; an address belongs to the floor that shows it."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config import api_pages

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("outbox.urls")),
    path("api/v1/", include("outbox.api_urls")),
    path("", include("metrics.urls")),
    path("", include("feedback.urls")),
    path("api/v1/", include("feedback.api_urls")),
    path("", include("hypotheses.urls")),
    path("api/v1/", include("hypotheses.api_urls")),
    path("", include("experiments.urls")),
    path("api/v1/", include("experiments.api_urls")),
    path("", include("collaboration.urls")),
    path("", include("dashboards.urls")),
    path("api/v1/", include("dashboards.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", api_pages.docs, name="api-docs"),
    path("favicon.ico", api_pages.Favicon.as_view(), name="favicon"),
]
handler404 = "config.api_pages.not_found"
