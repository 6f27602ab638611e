"""The entries of the staff's navigation. Whoever adds a page that everybody should find adds it here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from catalogue.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page in the navigation, seen by those who may open it. `section` marks the entry on the pages below it."""

    label: str
    endpoint: str
    role: Role

    @property
    def section(self) -> str:
        """What a page names as its `section`, to have this entry marked."""
        return self.endpoint.removeprefix("staff.")


_ENTRIES: Final = (
    Entry(label="Overview", endpoint="staff.overview", role=Role.VIEWER),
    Entry(label="Index", endpoint="staff.index", role=Role.VIEWER),
    Entry(label="API keys", endpoint="staff.keys", role=Role.ADMINISTRATOR),
    Entry(label="Audit log", endpoint="staff.audit_log", role=Role.ADMINISTRATOR),
)

# Below the index.
_INDEX_PAGES: Final = (
    Entry(label="Rebuild", endpoint="staff.index", role=Role.VIEWER),
    Entry(label="Resync", endpoint="staff.choose_records", role=Role.EDITOR),
    Entry(label="Comparison", endpoint="staff.comparison", role=Role.VIEWER),
    Entry(label="Dead letters", endpoint="staff.dead_letters", role=Role.VIEWER),
    Entry(label="History", endpoint="staff.history", role=Role.VIEWER),
)


def entries_for(role: Role) -> Sequence[Entry]:
    """What somebody in a role finds in the navigation, in its order."""
    return [entry for entry in _ENTRIES if role.includes(entry.role)]


def index_entries_for(role: Role) -> Sequence[Entry]:
    """What somebody in a role finds below the index; a page there names its entry as its `page`."""
    return [entry for entry in _INDEX_PAGES if role.includes(entry.role)]
