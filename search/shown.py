"""What a result shows, as the JSON that an index stores and back."""

import json
from typing import Any

from search.results import Named, Shown


def to_json(shown: Shown) -> str:
    """Compact JSON, so that a page of results is read in little time."""
    parts: dict[str, Any] = {
        "title": shown.title,
        "contributors": [[c.id, c.label, c.role] for c in shown.contributors],
        "responsibility": shown.responsibility,
        "publishers": [[p.id, p.label] for p in shown.publishers],
        "date": shown.date,
        "type": shown.type and [shown.type.id, shown.type.label],
        "themes": [[t.id, t.label] for t in shown.themes],
        "abstract": shown.abstract,
        "link": shown.link,
        "language": shown.language,
    }
    filled = {name: part for name, part in parts.items() if part or name == "title"}
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str | bytes) -> Shown:
    """The counterpart of `to_json`."""
    parts: dict[str, Any] = json.loads(text)
    return Shown(
        title=parts["title"],
        contributors=_named(parts.get("contributors", ())),
        responsibility=parts.get("responsibility"),
        publishers=_named(parts.get("publishers", ())),
        date=parts.get("date"),
        type=next(iter(_named([parts["type"]])), None) if "type" in parts else None,
        themes=_named(parts.get("themes", ())),
        abstract=parts.get("abstract"),
        link=parts.get("link"),
        language=parts.get("language"),
    )


def read_title(text: str | bytes) -> str:
    """The title alone of what `to_json` gave."""
    title: str = json.loads(text)["title"]
    return title


def _named(rows: Any) -> tuple[Named, ...]:  # noqa: ANN401 - rows of JSON
    return tuple(Named(id=row[0], label=row[1], role=row[2] if len(row) > 2 else None) for row in rows)
