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
    Entry(label="API keys", endpoint="staff.keys", role=Role.ADMINISTRATOR),
)


def entries_for(role: Role) -> Sequence[Entry]:
    """What somebody in a role finds in the navigation, in its order."""
    return [entry for entry in _ENTRIES if role.includes(entry.role)]
