"""Who is here: person, role, team, market, API token, audit trail."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who is here: person, role, team, market, API token, audit trail."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the API's description about tokens."""
        from accounts import openapi  # noqa: F401
