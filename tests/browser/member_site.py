"""The site of a member organisation: pages of another origin, with nothing of ours but the pasted snippet."""

import contextlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Final

HOSTS: Final = Path(__file__).parent / "hosts"
GUIDE: Final = Path(__file__).parents[2] / "docs" / "embedding.md"

_EXAMPLE: Final = "https://library.example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSite:
    """Where the pages are served."""

    address: str

    def at(self, page: str) -> str:
        """The whole address of one of the pages in `hosts`."""
        return f"{self.address}/{page}.html"


def snippet(library: str) -> str:
    """What the guide tells people to paste, for a library at an address."""
    blocks = re.findall(r"```html\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return blocks[0].replace(_EXAMPLE, library)


@contextlib.contextmanager
def serving(library: str) -> Iterator[MemberSite]:
    """The pages with the search of a library at an address; `localhost`, so that it is another site as well."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(_pages(library)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield MemberSite(address=f"http://localhost:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _pages(library: str) -> dict[str, bytes]:
    pasted = snippet(library)
    known = {
        "library": library,
        "snippet": pasted,
        "snippet_with_wrong_integrity": re.sub('integrity="sha384-....', 'integrity="sha384-0000', pasted),
    }
    return {
        f"/{file.name}": Template(file.read_text(encoding="utf-8")).substitute(known).encode()
        for file in HOSTS.iterdir()
    }


def _handler(pages: dict[str, bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(HTTPStatus.OK if page else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page or b"")

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

    return Handler
