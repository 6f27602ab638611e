"""What the kinds of drift between index and catalogue mean, for the commands and the staff's pages."""

from typing import Final

# In the order in which they are told.
DRIFT_KINDS: Final = {
    "missing": "not in the index",
    "stale": "in the index in an older version",
    "ahead": "in the index in a newer version than in the catalogue",
    "ghosts": "in the index only",
}
