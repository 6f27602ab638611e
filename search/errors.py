"""Every error that searching and indexing raise.

    SearchError
    ├── InvalidRequest          what was asked cannot be answered: names the parameter, the value and the limit
    └── EngineError             the engine's side
        ├── EngineUnavailable   down, unreachable or without an index: try again later
        │   ├── EngineTimeout       took too long
        │   ├── EngineOverloaded    refused because it is busy
        │   ├── EngineForbidden     does not let us in, or not do this: its keys or rights have to be mended
        │   └── IndexMissing        there is no index to search
        ├── IndexIncompatible   the index was written with another list of fields: rebuild it
        └── EngineFault         the engine refused what we sent: a mistake of ours, or a broken index

Adapters translate a client's errors into these, with `from`. Only the HTTP edge knows status codes.
"""


class SearchError(Exception):
    """The root of the tree."""


class InvalidRequest(SearchError):
    """A parameter whose value is outside its limit."""

    def __init__(self, *, parameter: str, value: str, limit: str) -> None:
        """The value is as it came in; the limit is a sentence part such as "a whole number from 1 to 100"."""
        super().__init__(f"{parameter} is {value!r}, but has to be {limit}")
        self.parameter = parameter
        self.value = value
        self.limit = limit


class EngineError(SearchError):
    """The search engine could not do what it was asked."""


class EngineUnavailable(EngineError):
    """The engine is down, unreachable or without an index."""


class EngineTimeout(EngineUnavailable):
    """The engine took too long."""


class EngineOverloaded(EngineUnavailable):
    """The engine refused because it is busy."""


class EngineForbidden(EngineUnavailable):
    """The engine does not let us in, or does not let us do this."""


class IndexMissing(EngineUnavailable):
    """There is no index to search."""


class IndexIncompatible(EngineError):
    """The index was written with another list of fields or in another format."""


class EngineFault(EngineError):
    """The engine refused what it was sent."""
