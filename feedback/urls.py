"""Addresses of the feedback pages."""

from django.urls import URLPattern, URLResolver, path

from feedback.views import connections, contacts, field_map, health, hooks, imports, mapping, privacy, sources, undo

app_name = "feedback"

urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/<slug:slug>/", hooks.hook, name="hook"),
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/export/", contacts.contact_export, name="contact-export"),
    path("contacts/<int:contact_id>/", contacts.contact_detail, name="contact-detail"),
    path("data/", health.data_health, name="data-health"),
    path("data/privacy/", privacy.privacy, name="privacy"),
    path("data/privacy/erase/", privacy.customer_erase, name="customer-erase"),
    path("data/values/", health.value_list, name="value-list"),
    path("data/values/<int:mapping_id>/take-back/", health.value_take_back, name="value-take-back"),
    path("data/sources/new/", sources.source_new, name="source-new"),
    path("data/sources/<int:source_id>/", sources.source_detail, name="source-detail"),
    path("data/sources/<int:source_id>/secret/", sources.source_secret, name="source-secret"),
    path("data/sources/<int:source_id>/secret/retire/", sources.source_secret_retire, name="source-secret-retire"),
    path("data/sources/<int:source_id>/act/", sources.source_act, name="source-act"),
    path("data/sources/<int:source_id>/settings/", sources.source_settings, name="source-settings"),
    path("data/sources/<int:source_id>/map/", field_map.source_map, name="source-map"),
    path("data/sources/<int:source_id>/disconnect/", sources.source_delete, name="source-delete"),
    path("data/sources/<int:source_id>/connection/", connections.connection_edit, name="connection-edit"),
    path("data/sources/<int:source_id>/connection/act/", connections.connection_act, name="connection-act"),
    path(
        "data/sources/<int:source_id>/connection/streams/<int:stream_id>/", connections.stream_edit, name="stream-edit"
    ),
    path("data/sources/<int:source_id>/records/", sources.record_list, name="record-list"),
    path("data/sources/<int:source_id>/records/<int:record_id>/", sources.record_detail, name="record-detail"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/<int:import_id>/", imports.import_detail, name="import-detail"),
    path("imports/<int:import_id>/map/", mapping.import_map, name="import-map"),
    path("imports/<int:import_id>/rejects/", imports.import_rejects, name="import-rejects"),
    path("imports/<int:import_id>/undo/", undo.import_undo, name="import-undo"),
    path("imports/<int:import_id>/stays/", undo.import_stays, name="import-stays"),
    path("imports/<int:import_id>/discard/", imports.import_discard, name="import-discard"),
]
