"""The audit log in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from app.staff.presenters.words import moment
from catalogue.audit import AuditEntry

# How many values of a list are told.
_TOLD: Final = 10

# Told by a link.
_LINKED: Final = frozenset({"run"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One line of the log: who did what to what, with whatever else is known. `run` is the run that it was about."""

    at: str
    actor: str
    action: str
    subject: str
    detail: tuple[tuple[str, str], ...]
    run: int | None


def present_entries(entries: Sequence[AuditEntry]) -> tuple[EntryView, ...]:
    """The entries in their order."""
    return tuple(
        EntryView(
            at=moment(entry.at),
            actor=entry.actor,
            action=action_in_words(entry.action),
            subject=entry.subject,
            detail=tuple(_details(entry.detail)),
            run=entry.detail.get("run"),
        )
        for entry in entries
    )


def action_in_words(action: str) -> str:
    """An action as people read it: "account.role-changed" is "Account: role changed"."""
    thing, _, verb = action.partition(".")
    return f"{thing.capitalize()}: {verb.replace('-', ' ')}" if verb else thing.capitalize()


def _details(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _value(value)) for name, value in detail.items() if name not in _LINKED]


def _value(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case list():
            values = cast("list[object]", value)
            more = f" and {len(values) - _TOLD:,} more" if len(values) > _TOLD else ""
            return ", ".join(map(_value, values[:_TOLD])) + more
        case dict():
            pairs = cast("dict[str, object]", value)
            return ", ".join(f"{name}: {_value(each)}" for name, each in pairs.items())
        case _:
            return str(value)
