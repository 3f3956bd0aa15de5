"""Addresses of the collaboration pages."""

from django.urls import URLPattern, URLResolver, path

from collaboration import views

app_name = "collaboration"

urlpatterns: list[URLPattern | URLResolver] = [
    path("goals/", views.goal_list, name="goal-list"),
    path("goals/<int:goal_id>/", views.goal_edit, name="goal-edit"),
    path("goals/<int:goal_id>/remove/", views.goal_remove, name="goal-remove"),
]
