"""Addresses of this floor's API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from feedback import api

app_name = "feedback_api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts/", api.contacts, name="contact-list"),
    path("survey-responses/", api.survey_responses, name="response-list"),
    path("commerce/", api.commerce, name="commerce-batch"),
]
