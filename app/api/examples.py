"""Examples for the OpenAPI document: answers as the sample library gives them."""

from typing import Any, Final

_DESCRIPTION: Final[dict[str, Any]] = {
    "id": "2zty017q03",
    "version": 1,
    "title": "Inter Faith Week Stories from 2016, inspiration for 2017",
    "contributors": [{"id": "the-inter-faith-network", "label": "The Inter Faith Network", "role": "author"}],
    "responsibility": "The Inter Faith Network",
    "publishers": [{"id": "the-inter-faith-network", "label": "The Inter Faith Network"}],
    "date": "2017-04",
    "type": {"id": "report", "label": "Report"},
    "themes": [{"id": "faith-and-belief", "label": "Faith and belief"}],
    "link": None,
    "language": None,
    "url": "/records/2zty017q03",
}

_BUCKET: Final[dict[str, Any]] = {"value": "faith-and-belief", "label": "Faith and belief", "count": 3, "chosen": False}

SEARCH_PAGE: Final[dict[str, Any]] = {
    "total": 1,
    "page": 1,
    "size": 20,
    "query": {"text": "inter faith week", "reading": "inter faith week", "notes": [], "relaxed": False},
    "hits": [
        {
            **_DESCRIPTION,
            "highlighted_title": [
                {"text": "Inter Faith Week", "marked": True},
                {"text": " Stories from 2016, inspiration for 2017", "marked": False},
            ],
            "passage": [{"text": "An illustrated round-up of what took place …", "marked": False}],
        }
    ],
    "facets": {
        "theme": [_BUCKET],
        "type": [{"value": "report", "label": "Report", "count": 1, "chosen": False}],
        "year": [{"value": "2017", "label": "2017", "count": 1, "chosen": False}],
        "author": [],
        "publisher": [{"value": "none", "label": None, "count": 1, "chosen": False}],
    },
    "suggestion": None,
    "index": "g1",
}

FACET_PAGE: Final[dict[str, Any]] = {"facet": "theme", "total": 1, "page": 1, "size": 100, "values": [_BUCKET]}

COMPLETIONS: Final[dict[str, Any]] = {
    "query": "inter fai",
    "suggestions": [
        {
            "kind": "title",
            "text": "Inter Faith Week Stories from 2016, inspiration for 2017",
            "marked": [
                {"text": "Inter", "marked": True},
                {"text": " ", "marked": False},
                {"text": "Fai", "marked": True},
                {"text": "th Week Stories from 2016, inspiration for 2017", "marked": False},
            ],
            "value": "2zty017q03",
            "count": 1,
            "url": "/records/2zty017q03",
        },
        {
            "kind": "publisher",
            "text": "The Inter Faith Network",
            "marked": [
                {"text": "The ", "marked": False},
                {"text": "Inter", "marked": True},
                {"text": " ", "marked": False},
                {"text": "Fai", "marked": True},
                {"text": "th Network", "marked": False},
            ],
            "value": "the-inter-faith-network",
            "count": 3,
            "url": "/search?publisher=the-inter-faith-network",
        },
    ],
}

RECORD: Final[dict[str, Any]] = {
    **_DESCRIPTION,
    "contributors": [
        {"id": "the-inter-faith-network", "label": "The Inter Faith Network", "role": "author", "kind": "organisation"}
    ],
    "abstract": "An illustrated round-up of what took place during Inter Faith Week 2016.",
    "doi": None,
    "isbn": None,
    "published": True,
    "created": "2026-03-01T09:30:00+00:00",
    "updated": "2026-03-01T09:30:00+00:00",
}

RECORD_INPUT: Final[dict[str, Any]] = {
    "title": "Inter Faith Week Stories from 2016, inspiration for 2017",
    "contributors": [{"label": "The Inter Faith Network", "role": "author", "kind": "organisation"}],
    "publishers": [{"label": "The Inter Faith Network"}],
    "date": "2017-04",
    "type": {"id": "report"},
    "themes": [{"id": "faith-and-belief"}, {"label": "Education > Schools"}],
    "abstract": "An illustrated round-up of what took place during Inter Faith Week 2016.",
    "link": "https://www.interfaith.org.uk/stories",
    "language": "en",
}

STATUS: Final[dict[str, Any]] = {
    "records": 28,
    "index": "g1",
    "outdated": False,
    "pending": 3,
    "oldest_pending_seconds": 0.4,
    "dead_letters": 0,
    "stopped": None,
    "run": {
        "number": 2,
        "kind": "rebuild",
        "state": "filling",
        "index": "g2",
        "done": 12,
        "total": 28,
        "per_second": 5200.5,
        "seconds_left": 0.1,
        "requested": "2026-03-01T09:30:00+00:00",
        "finished": None,
    },
}

REINDEX_ASKED_FOR: Final[dict[str, Any]] = {
    "number": 3,
    "kind": "rebuild",
    "state": "requested",
    "index": None,
    "done": 0,
    "total": None,
    "per_second": None,
    "seconds_left": None,
    "requested": "2026-03-01T09:30:00+00:00",
    "finished": None,
    "error": None,
    "started_by": "API key Catalogue sync",
    "url": "/api/v1/reindexes/3",
}

REINDEX: Final[dict[str, Any]] = {
    **REINDEX_ASKED_FOR,
    "state": "filling",
    "index": "g2",
    "done": 21_000,
    "total": 34_000,
    "per_second": 5200.5,
    "seconds_left": 2.5,
}

REINDEX_CANCELLED: Final[dict[str, Any]] = {
    **REINDEX,
    "state": "cancelled",
    "seconds_left": None,
    "finished": "2026-03-01T09:30:05+00:00",
}

REFUSED: Final[dict[str, Any]] = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "detail": "The parameter size is “500”, but has to be a whole number from 1 to 100.",
    "request_id": "9c1f0a7be2d45863",
    "parameter": "size",
    "value": "500",
    "limit": "a whole number from 1 to 100",
}

GONE: Final[dict[str, Any]] = {
    "type": "about:blank",
    "title": "Gone",
    "status": 410,
    "detail": "“Inter Faith Week Stories from 2016” was taken out of the library.",
    "request_id": "5be0c44d1fa97e02",
}

CHANGED_MEANWHILE: Final[dict[str, Any]] = {
    "type": "about:blank",
    "title": "Precondition Failed",
    "status": 412,
    "detail": "The record has version 8 now: somebody changed it since you read it.",
    "request_id": "41d80a5bc7e90f23",
    "version": 8,
}

FLAWED: Final[dict[str, Any]] = {
    "type": "about:blank",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "2 things are wrong with the body, and nothing was changed.",
    "request_id": "b6a9035e2f7c1d84",
    "errors": [
        {
            "pointer": "#/date",
            "detail": "date is “2017-13”, but has to be a date such as 2017-04-18, with a month from 1 to 12",
            "value": "2017-13",
            "limit": "a date such as 2017-04-18, with a month from 1 to 12",
        },
        {
            "pointer": "#/themes/0/id",
            "detail": "themes.0.id is “faith”, but has to be an id that the library knows; or leave it out",
            "value": "faith",
            "limit": "an id that the library knows; or leave it out",
        },
    ],
}

RUNNING: Final[dict[str, Any]] = {
    "type": "about:blank",
    "title": "Conflict",
    "status": 409,
    "detail": "A rebuild is under way already, number 3, started by ann@example.org.",
    "request_id": "07fd2be5a91c4638",
    "running": "/api/v1/reindexes/3",
}

UNAVAILABLE: Final[dict[str, Any]] = {
    "type": "about:blank",
    "title": "Search is not answering",
    "status": 503,
    "detail": "Search is not answering just now. Record pages still work. Please try again in a few seconds.",
    "request_id": "e07d52cc98b3416a",
}
