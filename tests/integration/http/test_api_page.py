"""The examples in docs/api.md, in the order in which they stand there."""

import json
import re
from collections.abc import Callable
from typing import Any

from app.factory import create_app
from bootstrap.services import Services
from catalogue.roles import Role
from tests.processes import ROOT

BLOCKS = re.findall(
    r"^```http\n(.*?)^```$", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)
EXAMPLES = [block for block in BLOCKS if re.match(r"(GET|PUT|POST|DELETE|HTTP/1.1) ", block)]


def parts(block: str) -> tuple[str, dict[str, str], Any]:
    """The first line of a request or an answer, its headers, and its body."""
    head, _, body = block.partition("\n\n")
    first, *lines = head.strip().split("\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return first, headers, json.loads(body) if body else None


def is_told(told: Any, found: Any) -> bool:
    """Whether what a page tells of an answer is so; objects may have more members."""
    if isinstance(told, dict):
        return all(name in found and is_told(value, found[name]) for name, value in told.items())
    if isinstance(told, list):
        return len(told) == len(found) and all(map(is_told, told, found))
    return told == found


def test_every_example_gets_the_answer_that_stands_below_it(
    services: Services, key_for: Callable[[Services, Role], dict[str, str]]
) -> None:
    client, key, seen = create_app(services).test_client(), key_for(services, Role.EDITOR), {"": ""}
    assert len(EXAMPLES) >= 12
    for request, answer in zip(EXAMPLES[::2], EXAMPLES[1::2], strict=True):
        line, headers, body = parts(request)
        if "Authorization" in headers:
            headers |= key
        if "If-Match" in headers:
            headers["If-Match"] = seen.get(headers["If-Match"], headers["If-Match"])
        method, path = line.split(" ")
        found = client.open(path, method=method, headers=headers, data=None if body is None else json.dumps(body))
        status, told, content = parts(answer)
        assert found.status_code == int(status.split(" ")[1]), request
        for name, value in told.items():
            assert re.fullmatch(re.escape(value).replace("…", ".*"), found.headers[name]), request
        if "ETag" in told:
            seen[told["ETag"]] = found.headers["ETag"]
        if content is not None:
            assert is_told(content, found.get_json()), found.get_json()
