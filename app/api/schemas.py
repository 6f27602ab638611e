"""What the API answers, declared once for the answers and for the OpenAPI document."""

from typing import Any

from marshmallow import Schema, fields, validate

from search.completion import CompletionKind


def _list_of(item: type[Schema], description: str | None = None) -> fields.List[Any]:
    metadata = {"description": description} if description else None
    return fields.List(fields.Nested(item), required=True, metadata=metadata)


class NamedSchema(Schema):
    """A theme, a type or a publisher."""

    id = fields.String(required=True, metadata={"description": "The value to filter by."})
    label = fields.String(required=True)


class ContributorSchema(NamedSchema):
    """A person or an organisation, and what it did."""

    role = fields.String(required=True, metadata={"description": "author, editor or contributor"})


class FragmentSchema(Schema):
    """A piece of text. Joined, the pieces give the text."""

    text = fields.String(required=True)
    marked = fields.Boolean(required=True, metadata={"description": "Whether this is a word that was looked for."})


class DescriptionSchema(Schema):
    """What is known of a record."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    contributors = _list_of(ContributorSchema)
    responsibility = fields.String(
        required=True, allow_none=True, metadata={"description": "The statement of responsibility as printed."}
    )
    publishers = _list_of(NamedSchema)
    date = fields.String(
        required=True, allow_none=True, metadata={"description": "As precise as is known: 2017, 2017-04, 2017-04-18."}
    )
    type = fields.Nested(NamedSchema, required=True, allow_none=True)
    themes = _list_of(NamedSchema)
    link = fields.String(required=True, allow_none=True, metadata={"description": "Where the resource itself is."})
    language = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, metadata={"description": "The record's page."})


class HitSchema(DescriptionSchema):
    """A found record."""

    highlighted_title = _list_of(FragmentSchema)
    passage = _list_of(FragmentSchema, "The best part of the abstract.")


class RecordContributorSchema(ContributorSchema):
    """A person or an organisation, as the catalogue knows it."""

    kind = fields.String(required=True, metadata={"description": "person, organisation or unknown"})


class RecordSchema(DescriptionSchema):
    """A record as the catalogue holds it. Changed, it can be sent back."""

    contributors = _list_of(RecordContributorSchema)
    abstract = fields.String(required=True, allow_none=True)
    doi = fields.String(required=True, allow_none=True)
    isbn = fields.String(required=True, allow_none=True)
    published = fields.Boolean(required=True, metadata={"description": "false: a draft, which only keys see."})
    created = fields.DateTime(required=True)
    updated = fields.DateTime(required=True)


class BucketSchema(Schema):
    """A value of a facet."""

    value = fields.String(required=True, metadata={"description": "The value to filter by; none: none given."})
    label = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True, metadata={"description": "Under every filter but those of this facet."})
    chosen = fields.Boolean(required=True)


class ReadQuerySchema(Schema):
    """How the query was read."""

    text = fields.String(required=True)
    reading = fields.String(required=True, metadata={"description": "In the notation of the query language."})
    notes = fields.List(fields.String(), required=True, metadata={"description": "What could not be read as meant."})
    relaxed = fields.Boolean(
        required=True, metadata={"description": "Too few records have all or most of the words: these have some."}
    )


class SuggestionSchema(Schema):
    """Another spelling."""

    text = fields.String(required=True)
    total = fields.Integer(required=True)


class CompletionSchema(Schema):
    """Something that the library has and that fits what was typed."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf([kind.value for kind in CompletionKind]),
        metadata={"description": "A title is that of a record; the others are values to filter by."},
    )
    text = fields.String(required=True, metadata={"description": "The name or the title."})
    marked = _list_of(FragmentSchema)
    value = fields.String(required=True, metadata={"description": "The id of the record, or the value to filter by."})
    count = fields.Integer(required=True, metadata={"description": "How many records have it: for a title 1."})
    url = fields.String(required=True, metadata={"description": "The page of the record, or of the records."})


class CompletionsSchema(Schema):
    """What was typed, and what it may be going to be."""

    query = fields.String(required=True)
    suggestions = _list_of(CompletionSchema, "The best first.")


class FacetsSchema(Schema):
    """The values of each facet with their counts."""

    theme = _list_of(BucketSchema)
    type = _list_of(BucketSchema)
    year = _list_of(BucketSchema)
    author = _list_of(BucketSchema)
    publisher = _list_of(BucketSchema)


class SearchPageSchema(Schema):
    """One page of results."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    size = fields.Integer(required=True)
    query = fields.Nested(ReadQuerySchema, required=True)
    hits = _list_of(HitSchema)
    facets = fields.Nested(FacetsSchema, required=True)
    suggestion = fields.Nested(SuggestionSchema, required=True, allow_none=True)
    index = fields.String(required=True, metadata={"description": "The generation of the index that answered."})


class FacetPageSchema(Schema):
    """One page of the values of a facet."""

    facet = fields.String(required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    size = fields.Integer(required=True)
    values = _list_of(BucketSchema)


class NoParameters(Schema):
    """What an address without parameters understands."""


class StopSchema(Schema):
    """Since when nothing is indexed."""

    since = fields.DateTime(required=True)


class RunSchema(Schema):
    """A rebuild, a rollback or a reconciliation of the index."""

    number = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"description": "rebuild, rollback or reconcile"})
    state = fields.String(required=True, metadata={"description": "How far it is."})
    index = fields.String(required=True, allow_none=True, metadata={"description": "The generation that it makes."})
    done = fields.Integer(required=True, metadata={"description": "Records that are done."})
    total = fields.Integer(required=True, allow_none=True)
    per_second = fields.Float(required=True, allow_none=True)
    seconds_left = fields.Float(required=True, allow_none=True)
    requested = fields.DateTime(required=True)
    finished = fields.DateTime(required=True, allow_none=True)


class ReindexSchema(RunSchema):
    """A time when the index was made anew, or when searches went back to the one before."""

    error = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it failed; or why it waits, while it is under way."},
    )
    started_by = fields.String(required=True)
    url = fields.String(required=True, metadata={"description": "Its own address."})


class ReindexesSchema(Schema):
    """Several of them."""

    reindexes = _list_of(ReindexSchema)


class FreshnessSchema(Schema):
    """How far the index is behind the catalogue."""

    pending = fields.Integer(required=True, metadata={"description": "Changes that the index does not show yet."})
    oldest_pending_seconds = fields.Float(required=True, allow_none=True)
    dead_letters = fields.Integer(required=True, metadata={"description": "Records that the index cannot take."})
    stopped = fields.Nested(
        StopSchema, required=True, allow_none=True, metadata={"description": "Whether the index refuses everything."}
    )
    run = fields.Nested(RunSchema, required=True, allow_none=True, metadata={"description": "What is under way."})


class StatusSchema(FreshnessSchema):
    """How the service is."""

    records = fields.Integer(required=True, metadata={"description": "In the catalogue, for everybody to find."})
    index = fields.String(required=True, allow_none=True, metadata={"description": "The generation that answers."})
    outdated = fields.Boolean(
        required=True,
        metadata={"description": "Whether it is an older one, to which no changes come."},
    )


class FlawSchema(Schema):
    """Something that is wrong with a body."""

    pointer = fields.String(required=True, metadata={"description": "Where: a JSON pointer, as #/themes/0/label."})
    detail = fields.String(required=True, metadata={"description": "A sentence with all of it."})
    value = fields.String(
        required=True, allow_none=True, metadata={"description": "What stands there, or its beginning; null: nothing."}
    )
    limit = fields.String(required=True, metadata={"description": "What it has to be."})


class ProblemSchema(Schema):
    """An error, as RFC 9457 has it."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(
        required=True, metadata={"description": "The number of the request in the log, as in X-Request-ID."}
    )
    parameter = fields.String(metadata={"description": "The parameter that is wrong."})
    value = fields.String(metadata={"description": "Its value."})
    limit = fields.String(metadata={"description": "What it has to be."})
    errors: fields.List[Any] = fields.List(
        fields.Nested(FlawSchema), metadata={"description": "All that is wrong with the body."}
    )
    version = fields.Integer(metadata={"description": "The version that the record has now."})
    role = fields.String(metadata={"description": "The role that a key needs for this."})
    running = fields.String(metadata={"description": "The address of what is under way already."})
