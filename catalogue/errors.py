"""Every error that the catalogue raises.

CatalogueError
├── Invalid             a value breaks a rule: names the field, the value and the limit
├── NotFound            no such record, theme, type, person or publisher
├── Conflict            somebody else wrote in between, or the name or identifier is taken
│   ├── AlreadyRunning      a run of this kind, or one that it cannot go beside, is under way
│   └── Collision           two transactions got in each other's way: the same one may succeed the next time
├── KeyRefused          what was shown as a key to the API is none, or no longer
└── CatalogueUnavailable    the database is locked, full, gone, or not migrated
"""


class CatalogueError(Exception):
    """The root of the tree."""


class Invalid(CatalogueError):
    """A value that breaks a rule."""

    def __init__(self, *, field: str, value: object, limit: str) -> None:
        """The limit is a sentence part such as "at most 1,000 characters". A value of None is one that is missing."""
        shown = repr(value) if len(repr(value)) <= 80 else repr(value)[:77] + "..."
        super().__init__(f"{field} is {'missing' if value is None else shown}, but has to be {limit}")
        self.field = field
        self.value = value
        self.limit = limit


class NotFound(CatalogueError):
    """Nothing has this id."""


class Conflict(CatalogueError):
    """Somebody else wrote in between, or a name or identifier is taken."""


class AlreadyRunning(Conflict):
    """A run of this kind, or one that it cannot go beside, is under way."""

    def __init__(self, *, run_id: int, kind: str, started_by: str) -> None:
        """The id is that of the run which is under way."""
        super().__init__(f"A {kind} is under way already, number {run_id}, started by {started_by}")
        self.run_id = run_id


class Collision(Conflict):
    """Two transactions got in each other's way, and this one was undone: it may succeed the next time."""


class KeyRefused(CatalogueError):
    """What was shown as a key to the API is none, or no longer: it was revoked, or has expired."""


class CatalogueUnavailable(CatalogueError):
    """The database is locked, full, gone, or not migrated."""
