"""Addresses of the hypotheses pages."""

from django.urls import URLPattern, URLResolver

app_name = "hypotheses"

urlpatterns: list[URLPattern | URLResolver] = []
