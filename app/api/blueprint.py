"""The blueprint of the API, on flask-smorest: nothing that is sent is ignored, and every error is a problem.

A module of views imports `api`, and `app.api.registration` imports the module.
"""

from http import HTTPStatus
from typing import Any, Final, cast

from flask import request
from flask_smorest import Api, Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

from app.api.access import guard, keep_for_whom_it_is
from app.api.json_body import read_object
from app.api.schemas import ProblemSchema
from app.params import load_strictly

PROBLEM_TYPE: Final = "application/problem+json"


class _StrictParser(FlaskParser):
    """Reads query strings and bodies in place of webargs, which ignores what it does not know."""

    DEFAULT_VALIDATION_STATUS = HTTPStatus.BAD_REQUEST

    def parse(self, argmap: Any, req: Any = None, *, location: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002 - webargs's
        """The parameters of the present request, or the object in its body, which the view compares with its schema.

        Raises InvalidRequest and Refusal.
        """
        return read_object() if location == "json" else load_strictly(cast("Schema", argmap), request.args)


class _ApiBlueprint(Blueprint):
    """A blueprint whose `arguments` are read strictly; give it an instance of a schema."""

    ARGUMENTS_PARSER = _StrictParser()

    def _store_endpoint_docs(self, endpoint: str, *arguments: object, **options: object) -> None:
        """Called by flask-smorest for each view, which is called in the document as it is here: links need that."""
        super()._store_endpoint_docs(endpoint, *arguments, **options)
        for name, described in self._docs[endpoint].items():
            if name != "parameters":
                described.setdefault("manual_doc", {})["operationId"] = endpoint


api: Final = _ApiBlueprint("api", __name__, url_prefix="/api/v1", description="Search the library")

api.before_request(guard)
api.after_request(keep_for_whom_it_is)


class DocumentedApi(Api):
    """The OpenAPI document. The application's own handlers answer errors: see `app.problems`."""

    DEFAULT_ERROR_RESPONSE_NAME = "PROBLEM"

    def _register_error_handlers(self) -> None:
        """Called by flask-smorest."""

    def _register_responses(self) -> None:
        """Called by flask-smorest, which would describe errors as plain JSON of its own shape."""
        self._describe("PROBLEM", "Something else went wrong.")
        for status in HTTPStatus:
            self._describe(status.name, status.phrase)

    def _describe(self, name: str, description: str) -> None:
        body = {"description": description, "content": {PROBLEM_TYPE: {"schema": ProblemSchema}}}
        cast("Any", self.spec.components).response(name, body, lazy=True)
