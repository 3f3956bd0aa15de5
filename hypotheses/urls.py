"""Addresses of the hypotheses pages."""

from django.urls import URLPattern, URLResolver, path

from hypotheses.views import backlog, ideas, proposals, sprints, triage

app_name = "hypotheses"

urlpatterns: list[URLPattern | URLResolver] = [
    path("ideas/new/", proposals.new, name="hypothesis-new"),
    path("ideas/find/", proposals.find, name="hypothesis-find"),
    path("ideas/draft/", proposals.save_draft, name="draft-save"),
    path("ideas/<int:draft_id>/edit/", proposals.edit, name="draft-edit"),
    path("ideas/<int:draft_id>/delete/", proposals.throw_away, name="draft-delete"),
    path("ideas/HYP-<int:number>/", ideas.detail, name="hypothesis-detail"),
    path("ideas/HYP-<int:number>/move/<str:name>/", ideas.move, name="hypothesis-move"),
    path("ideas/HYP-<int:number>/undo/", ideas.undo, name="hypothesis-undo"),
    path("ideas/HYP-<int:number>/join/", ideas.join, name="hypothesis-join"),
    path("ideas/HYP-<int:number>/effort/", ideas.effort, name="hypothesis-effort"),
    path("triage/", triage.triage, name="triage"),
    path("backlog/", backlog.backlog, name="backlog"),
    path("sprints/", sprints.sprint_list, name="sprint-list"),
    path("sprints/new/", sprints.new, name="sprint-new"),
    path("sprints/<int:number>/", sprints.board, name="sprint-board"),
    path("sprints/<int:number>/edit/", sprints.edit, name="sprint-edit"),
    path("sprints/<int:number>/plan/", sprints.plan, name="sprint-plan"),
    path("sprints/<int:number>/move/", sprints.move, name="sprint-move"),
    path("sprints/<int:number>/start/", sprints.start, name="sprint-start"),
    path("sprints/<int:number>/close/", sprints.close, name="sprint-close"),
]
