"""Results and records as the bodies that `app.api.schemas` describes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.runs import run_body
from app.status import Status
from app.web.links import completion_address, record_address
from catalogue.record import Record
from catalogue.runs import Run
from indexer.documents import to_shown
from search.completion import Completion
from search.discovery import FacetPage
from search.results import Bucket, Hit, MarkedText, Named, SearchPage, Shown

Body = dict[str, Any]


def search_body(page: SearchPage) -> Body:
    """A page of results."""
    return {
        "total": page.total,
        "page": page.page,
        "size": page.size,
        "query": {
            "text": page.query.text,
            "reading": page.query.reading,
            "notes": list(page.query.notes),
            "relaxed": page.found_as_asked is not None,
        },
        "hits": [_hit(hit) for hit in page.hits],
        "facets": {facet: _buckets(found) for facet, found in page.facets.items()},
        "suggestion": (
            {"text": page.suggestion.text, "total": page.suggestion.total} if page.suggestion is not None else None
        ),
        "index": page.generation,
    }


def completions_body(typed: str, found: Iterable[Completion]) -> Body:
    """What was typed, and what it may be going to be."""
    return {
        "query": typed,
        "suggestions": [
            {
                "kind": completion.kind.value,
                "text": completion.label,
                "marked": _marked(completion.marked),
                "value": completion.id,
                "count": completion.count,
                "url": completion_address(completion),
            }
            for completion in found
        ],
    }


def facet_body(page: FacetPage) -> Body:
    """A page of a facet's values."""
    return {
        "facet": page.facet,
        "total": page.total,
        "page": page.page,
        "size": page.size,
        "values": _buckets(page.buckets),
    }


def record_body(record: Record) -> Body:
    """All that the catalogue knows of a record."""
    return {
        **_description(record.id, record.version, to_shown(record)),
        "contributors": [
            {"id": c.agent.id, "label": c.agent.name, "role": c.role.value, "kind": c.agent.kind.value}
            for c in record.contributors
        ],
        "abstract": record.abstract,
        "doi": record.doi,
        "isbn": record.isbn,
        "published": record.published,
        "created": record.created_at.isoformat(),
        "updated": record.updated_at.isoformat(),
    }


def reindex_body(run: Run, now: datetime) -> Body:
    """A rebuild or a rollback, for those who look after the library: with the reason, where it failed or waits."""
    return {**run_body(run, now), "started_by": run.started_by, "url": reindex_address(run.id)}


def reindex_address(number: int) -> str:
    """Where a rebuild or a rollback can be watched."""
    return f"/api/v1/reindexes/{number}"


def _hit(hit: Hit) -> Body:
    return {
        **_description(hit.id, hit.version, hit.shown),
        "highlighted_title": _marked(hit.title),
        "passage": _marked(hit.passage),
    }


def _description(id_: str, version: int, shown: Shown) -> Body:
    return {
        "id": id_,
        "version": version,
        "title": shown.title,
        "contributors": [{**_named(c), "role": c.role} for c in shown.contributors],
        "responsibility": shown.responsibility,
        "publishers": [_named(publisher) for publisher in shown.publishers],
        "date": shown.date,
        "type": _named(shown.type) if shown.type is not None else None,
        "themes": [_named(theme) for theme in shown.themes],
        "link": shown.link,
        "language": shown.language,
        "url": record_address(id_),
    }


def _named(named: Named) -> Body:
    return {"id": named.id, "label": named.label}


def _marked(text: MarkedText) -> list[Body]:
    return [{"text": fragment.text, "marked": fragment.marked} for fragment in text]


def _buckets(found: Iterable[Bucket]) -> list[Body]:
    return [{"value": b.value, "label": b.label, "count": b.count, "chosen": b.chosen} for b in found]


def status_body(status: Status) -> dict[str, Any]:
    """The fields of `StatusSchema`. Anybody may ask: the reasons, which may name addresses and files, are left out."""
    stopped, run = status["stopped"], status["run"]
    return {
        **status,
        "stopped": {"since": stopped["since"]} if stopped is not None else None,
        "run": {name: value for name, value in run.items() if name != "error"} if run is not None else None,
    }
