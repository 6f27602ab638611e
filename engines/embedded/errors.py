"""The library's errors in the words of `search.errors`."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Final

from search.errors import EngineFault, EngineUnavailable, IndexMissing

# The library puts whole files into some of its reasons.
_LONGEST_REASON: Final = 200


@contextmanager
def translated() -> Generator[None]:
    """A block in which tantivy is called: it raises ValueError for all that it refuses, and the system's OSError.

    What is known to make it panic (a limit of 0, a phrase of one word) is never asked of it; a damaged file may still.
    """
    try:
        yield
    except ValueError as e:
        raise EngineFault(f"The embedded index refused: {str(e)[:_LONGEST_REASON]}") from e
    except FileNotFoundError as e:
        raise IndexMissing(f"A file of the search index is gone: {PurePath(str(e.filename)).name}") from e
    except OSError as e:
        raise EngineUnavailable(f"The files of the search index cannot be used: {e.strerror}") from e
    except BaseException as e:
        if type(e).__name__ != "PanicException":  # a BaseException that cannot be imported
            raise
        raise EngineFault(f"The embedded index failed: {e}") from e
