"""Addresses of the feedback pages."""

from django.urls import URLPattern, URLResolver, path

from feedback.views import contacts, imports

app_name = "feedback"

urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/export/", contacts.contact_export, name="contact-export"),
    path("contacts/<int:contact_id>/", contacts.contact_detail, name="contact-detail"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/<int:import_id>/", imports.import_detail, name="import-detail"),
    path("imports/<int:import_id>/map/", imports.import_map, name="import-map"),
    path("imports/<int:import_id>/rejects/", imports.import_rejects, name="import-rejects"),
    path("imports/<int:import_id>/discard/", imports.import_discard, name="import-discard"),
]
