"""How the API's description speaks of tokens."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer hb_…`."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The security scheme of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "description": "An API token, `hb_…`, made in the settings."}


_ERROR = {
    "type": "object",
    "required": ["detail", "errors"],
    "properties": {
        "detail": {"type": "string", "description": "What is wrong, as a sentence."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "field", "message"],
                "properties": {
                    "index": {"type": "integer", "nullable": True, "description": "The row it is about, from 0."},
                    "field": {"type": "string", "description": "The field it is about, dotted; empty for the whole."},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_ALWAYS = {
    "401": "No token, or one that is not known, was revoked or has expired.",
    "403": "The token lacks the scope, or its person may not do this.",
    "429": "Too many calls; wait as long as Retry-After says.",
}
_WRITES = {"400": "Something sent is wrong; `errors` names row and field.", **_ALWAYS}


def declare_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give every call of the description the errors that `accounts.errors.explain` answers with."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Error"] = _ERROR
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for path, calls in result.get("paths", {}).items():
        for method, call in calls.items():
            errors = dict(_ALWAYS if method == "get" else _WRITES)
            if "{" in path:
                errors["404"] = "There is nothing at this address, or it belongs to somebody else."
            for status, description in errors.items():
                call["responses"].setdefault(status, {"description": description, "content": content})
    return result
