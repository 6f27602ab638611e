"""What programs are answered."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema

from app.api import examples
from app.api.record_input import RecordInputSchema
from app.api.schemas import (
    CompletionsSchema,
    FacetPageSchema,
    ProblemSchema,
    RecordSchema,
    ReindexSchema,
    SearchPageSchema,
    StatusSchema,
)
