"""What this service uses of flask-smorest, which has no types of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from apispec import APISpec
from flask import Blueprint as FlaskBlueprint
from flask import Flask
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

_View = TypeVar("_View", bound=Callable[..., Any])

class Blueprint(FlaskBlueprint):
    ARGUMENTS_PARSER: ClassVar[FlaskParser]
    _docs: dict[str, dict[str, Any]]

    def __init__(self, name: str, import_name: str, *, url_prefix: str, description: str) -> None: ...
    def _store_endpoint_docs(self, endpoint: str, *arguments: object, **options: object) -> None: ...
    def arguments(
        self, schema: type[Schema] | Schema, *, location: str, example: Mapping[str, Any] | None = None
    ) -> Callable[[_View], Callable[..., Any]]: ...
    @staticmethod
    def doc(
        *,
        security: Sequence[Mapping[str, Sequence[str]]] = ...,
        parameters: Sequence[Mapping[str, Any]] = ...,
        responses: Mapping[int, Mapping[str, Any]] = ...,
    ) -> Callable[[_View], Callable[..., Any]]: ...
    def response(
        self,
        status_code: int,
        schema: type[Schema],
        *,
        description: str | None = None,
        example: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
    ) -> Callable[[_View], Callable[..., Any]]: ...
    def alt_response(
        self,
        status_code: int,
        *,
        schema: type[Schema] | None = None,
        content_type: str | None = None,
        description: str | None = None,
        example: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        success: bool = False,
    ) -> Callable[[_View], Callable[..., Any]]: ...

class Api:
    DEFAULT_ERROR_RESPONSE_NAME: str | None
    spec: APISpec

    def __init__(self, app: Flask, *, spec_kwargs: Mapping[str, Any] | None = None) -> None: ...
    def register_blueprint(self, blp: Blueprint) -> None: ...
