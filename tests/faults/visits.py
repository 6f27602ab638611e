"""People who ask a server over HTTP while something goes wrong, and a system that writes records by the API."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from catalogue import records
from catalogue.database import Catalogue
from tests.processes import ServerProcess

ADDRESSES = ("/records/lasting00", "/api/v1/records/lasting01", "/search?q=lasting", "/api/v1/status")


@dataclass(slots=True)
class Visits:
    """What was answered. `written` are the records that were acknowledged, by id with the title."""

    server: ServerProcess
    key: str
    statuses: Counter[int] = field(default_factory=Counter[int])
    broken: list[object] = field(default_factory=list[object])
    written: dict[str, str] = field(default_factory=dict[str, str])
    unwritten: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Ask for what needs the database."""
        for address in cycle(ADDRESSES):
            if self.stopping.is_set():
                return
            self._ask(address)

    def write(self) -> None:
        """Send one record after the other, each until it is told to be kept."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        while not self.stopping.is_set():
            id_ = f"put{len(self.written):04}"
            body = json.dumps({"title": f"Abecedarian {id_}", "themes": [{"label": f"Theme {id_}"}]}).encode()
            if self._ask(f"/api/v1/records/{id_}", method="PUT", headers=headers, body=body) in {200, 201}:
                self.written[id_] = f"Abecedarian {id_}"
            else:
                self.unwritten += 1

    def _ask(self, address: str, **request: Any) -> int:
        time.sleep(0.03)
        try:
            status = self.server.get(address, **request).status
        except (OSError, http.client.HTTPException) as e:
            self.broken.append((address, e))
            return 0
        self.statuses[status] += 1
        return status

    def assert_kept(self, catalogue: Catalogue) -> None:
        """Everything that was acknowledged is whole in the catalogue, and every request was answered."""
        assert self.broken == []
        assert self.written
        with catalogue.read() as session:
            kept = records.get_many(session, list(self.written))
        assert {id_: record.title for id_, record in kept.items()} == self.written
        assert [theme.label for each in kept.values() for theme in each.themes] == [f"Theme {id_}" for id_ in kept]


@contextmanager
def visits(server: ServerProcess, key: str) -> Generator[Visits]:
    """A block during which one writes with a key, and more people read than there are threads."""
    seen = Visits(server, key)
    does: list[Callable[[], None]] = [seen.write, *[seen.read] * 8]
    people = [threading.Thread(target=each) for each in does]
    for each in people:
        each.start()
    try:
        yield seen
    finally:
        seen.stopping.set()
        for each in people:
            each.join()
