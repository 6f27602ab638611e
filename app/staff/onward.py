"""Where somebody goes after signing in: a page of this site, whatever the address that led here says."""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from flask import url_for

# Leading back to these would go in a circle.
SIGN_IN_ENDPOINTS: Final = frozenset({"staff.sign_in", "staff.check_sign_in", "staff.sign_out"})

LONGEST: Final = 1_500  # characters

# Signs that browsers leave out or read as others: "/\t/evil.example" and "/\evil.example" lead to another site.
_MISREAD: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\]")


def onward_address(wanted: str | None) -> str:
    """The wanted address if it is a page of this site; else the staff's first page."""
    return wanted if wanted and is_local(wanted) else url_for("staff.overview")


def is_local(address: str) -> bool:
    """Whether every browser reads an address as a path of the site that it stands on."""
    if len(address) > LONGEST or not address.startswith("/"):
        return False
    read = address
    for _ in range(3):  # servers in front may decode once or twice
        if _MISREAD.search(read.partition("?")[0]) or read.startswith("//"):
            return False
        read = unquote(read)
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc and not _MISREAD.search(address)
