"""A body as the draft of a record: ids looked up, and everything that is wrong with it told at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.api.flaws import Flaw, Path, flaws_of, refuse_flaws
from app.api.record_input import RecordInputSchema
from catalogue.record import AgentKind, Draft, Name, PartialDate, Role, Vocabulary
from catalogue.validation import can_be_stored
from catalogue.vocabularies import concepts_by_id, labels

_schema: Final = RecordInputSchema()

# By which label an id may be accompanied, and what a draft calls it.
_Known = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRecord:
    """A record as it is to be."""

    draft: Draft
    published: bool


def written_record(session: Session, body: Mapping[str, Any], record_id: str) -> WrittenRecord:
    """The record in a body that was sent to the address of an id. Raises Refusal with all that is wrong."""
    known = _known(session, body)
    loaded: dict[str, Any] = {}
    flaws: list[Flaw] = []
    try:
        loaded = cast("dict[str, Any]", _schema.load(body))
    except ValidationError as e:
        flaws.extend(flaws_of(cast("Mapping[Any, Any]", e.normalized_messages()), body))
    flaws.extend(_flaws_of_names(body, known))
    if "id" in body and body["id"] != record_id:
        flaws.append(Flaw(path=("id",), value=body["id"], limit=f"left out, or {record_id} as in the address"))
    if flaws:
        raise refuse_flaws(flaws)
    return WrittenRecord(draft=_draft(loaded, known), published=loaded["published"])


def _known(session: Session, body: Mapping[str, Any]) -> Mapping[str, _Known]:
    """What the catalogue knows of the ids in a body, whatever else is in it."""
    themes = concepts_by_id(session, Vocabulary.THEME, _ids(body, "themes"))
    types = concepts_by_id(session, Vocabulary.TYPE, _ids(body, "type"))
    return {
        "themes": {concept.id: (concept.label, concept.path) for concept in themes.values()},
        "type": {concept.id: (concept.label, concept.path) for concept in types.values()},
        "contributors": {
            id_: (name, name) for id_, name in labels(session, "author", _ids(body, "contributors")).items()
        },
        "publishers": {
            id_: (name, name) for id_, name in labels(session, "publisher", _ids(body, "publishers")).items()
        },
    }


def _entries(body: Mapping[str, Any], member: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The objects that name something, with their places."""
    value = body.get(member)
    if isinstance(value, dict):
        yield (member,), cast("dict[str, Any]", value)
    elif isinstance(value, list):
        for at, entry in enumerate(cast("list[object]", value)):
            if isinstance(entry, dict):
                yield (member, at), cast("dict[str, Any]", entry)


def _ids(body: Mapping[str, Any], member: str) -> set[str]:
    found = (entry.get("id") for _, entry in _entries(body, member))
    return {id_ for id_ in found if isinstance(id_, str) and can_be_stored(id_)}


def _flaws_of_names(body: Mapping[str, Any], known: Mapping[str, _Known]) -> Iterator[Flaw]:
    for member, those in known.items():
        for path, entry in _entries(body, member):
            id_, label = entry.get("id"), entry.get("label")
            if "id" not in entry and "label" not in entry:
                yield Flaw(path=path, value=entry, limit="an object with an id or a label")
            elif isinstance(id_, str) and id_ not in those:
                yield Flaw(path=(*path, "id"), value=id_, limit="an id that the library knows; or leave it out")
            elif isinstance(id_, str) and isinstance(label, str) and label not in those[id_]:
                limit = f"left out, or {those[id_][0]}, which is the label of that id"
                yield Flaw(path=(*path, "label"), value=label, limit=limit)


def _draft(loaded: Mapping[str, Any], known: Mapping[str, _Known]) -> Draft:
    def name(member: str, entry: Mapping[str, Any]) -> str:
        return known[member][entry["id"]][1] if "id" in entry else entry["label"]

    return Draft(
        title=loaded["title"],
        contributors=tuple(
            Name(name=name("contributors", entry), kind=AgentKind(entry["kind"]), role=Role(entry["role"]))
            for entry in loaded["contributors"]
        ),
        responsibility=loaded["responsibility"],
        publishers=tuple(name("publishers", entry) for entry in loaded["publishers"]),
        date=PartialDate.parse(loaded["date"]) if loaded["date"] is not None else None,
        type=name("type", loaded["type"]) if loaded["type"] is not None else None,
        themes=tuple(name("themes", entry) for entry in loaded["themes"]),
        abstract=loaded["abstract"],
        link=loaded["link"],
        language=loaded["language"],
        doi=loaded["doi"],
        isbn=loaded["isbn"],
    )
