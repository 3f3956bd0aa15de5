"""Addresses of the outbox pages, and of the machines that watch."""

from django.urls import URLPattern, URLResolver, path

from outbox.views import health, inbox, jobs

app_name = "outbox"

urlpatterns: list[URLPattern | URLResolver] = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:message_id>/", inbox.message, name="message"),
    path("inbox/read/", inbox.mark_read, name="message-read"),
    path("jobs/", jobs.job_list, name="job-list"),
    path("jobs/<int:job_id>/", jobs.job_detail, name="job-detail"),
    path("jobs/<int:job_id>/progress/", jobs.job_progress, name="job-progress"),
    path("jobs/<int:job_id>/retry/", jobs.retry, name="job-retry"),
    path("jobs/<int:job_id>/stop/", jobs.stop, name="job-stop"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
