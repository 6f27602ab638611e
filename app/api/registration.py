"""Puts the API into an application, with the document that describes it."""

from typing import Any, Final, cast

from flask import Flask

from app.api import record_views, reindex_views, views
from app.api.blueprint import DocumentedApi, api

# Imported for the views that they add to the blueprint: whoever adds a module names it here.
_VIEWS: Final = (record_views, reindex_views, views)

_TITLE: Final = "The Belong library"

_ABOUT: Final = (
    "Searches the library and reads its records, as the pages do; with a key, writes records and makes the index anew. "
    "A parameter that is not known, or that is given twice and may not be, is refused with 400. Errors are problem "
    "details (RFC 9457). What is read has an ETag."
)

# What is named by its id or its label: marshmallow has no words for that.
_NAMED: Final = ("ConceptInput", "PublisherInput", "ContributorInput")

_KEY: Final = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "belong_…",
    "description": "A key that an administrator of the library has made, in the role that the address needs.",
}


def register_api(app: Flask) -> None:
    """Add the addresses."""
    app.config.from_mapping(
        API_TITLE=_TITLE,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": _ABOUT}, "servers": [{"url": "/"}]},
        ETAG_DISABLED=True,  # flask-smorest's own: ours is set on all answers alike
    )
    documented = DocumentedApi(app)
    components = cast("Any", documented.spec.components)
    components.security_scheme("key", _KEY)
    documented.register_blueprint(api)
    for name in _NAMED:
        components.schemas[name]["anyOf"] = [{"required": ["id"]}, {"required": ["label"]}]
