"""What stands in the log, and what never does."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars, clear_contextvars

from bootstrap.logs import private, set_up_logging
from bootstrap.settings import SettingsError, read_settings

SECRETS = {
    "DATABASE_URL": "postgresql://belong:p%40ssw0rd-of-pg@db/belong",
    "REDIS_URL": "redis://:redis-s3cret@redis:6379/0",
    "ENGINE": "elasticsearch",
    "ELASTICSEARCH_URL": "http://elastic:el4stic-s3cret@es:9200",
    "ELASTICSEARCH_API_KEY": "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==",
    "SECRET_KEY": "7f3c1d9be04a52668d1f0e3b97ac45d2",
    "OIDC_ISSUER": "https://id.example.org",
    "OIDC_CLIENT_ID": "library",
    "OIDC_CLIENT_SECRET": "oidc-cl1ent-s3cret",
}
KEY = "belong_0a1b2c3d_" + "Ab-_" * 10 + "xyz"

Log = Callable[..., io.StringIO]


class Terminal(io.StringIO):
    """A stream that somebody reads."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def log() -> Iterator[Log]:
    """Sets logging up with some variables, and gives what it writes to."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    clear_contextvars()

    def set_up(stream: io.StringIO | None = None, **environment: str) -> io.StringIO:
        stream = stream or io.StringIO()
        set_up_logging(read_settings(environment), stream)
        return stream

    yield set_up
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    logging.captureWarnings(capture=False)


def last(stream: io.StringIO) -> dict[str, Any]:
    return json.loads(stream.getvalue().splitlines()[-1])


def test_a_line_is_json_with_what_it_is_about(log: Log) -> None:
    stream = log()
    with bound_contextvars(run=7):
        logging.getLogger("indexer.rebuild").warning("The index %s is “lost”\nand gone", "g1", extra={"done": 12})
    line = last(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "The index g1 is “lost”\nand gone",
        "level": "warning",
        "logger": "indexer.rebuild",
        "run": 7,
        "done": 12,
    }
    assert stream.getvalue().count("\n") == 1


def test_an_error_is_told_with_its_causes_in_one_line(log: Log) -> None:
    stream = log()
    try:
        try:
            {}["missing"]
        except KeyError as e:
            raise RuntimeError("no good") from e
    except RuntimeError:
        logging.getLogger("x").exception("It failed")
    told = last(stream)["exception"]
    assert told.index("KeyError: 'missing'") < told.index("which led to") < told.index("RuntimeError: no good")
    assert "test_logs.py" in told
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize("secret", [*SECRETS.values(), "p@ssw0rd-of-pg", KEY])
@pytest.mark.parametrize("place", ["event", "error", "extra"])
def test_a_secret_is_never_told(log: Log, secret: str, place: str) -> None:
    stream = log(**SECRETS)
    parts = ["ssw0rd", "redis-s3cret", "el4stic", "VnVhQ2", "7f3c1d9b", "cl1ent", "Ab-_Ab-_"]
    try:
        int(f"refused: {secret}!" if place == "error" else "refused")
    except ValueError:
        logging.getLogger("x").exception(
            "Asked %s", secret if place == "event" else "", extra={"about": secret if place == "extra" else ""}
        )
    assert not any(part in stream.getvalue() for part in parts)
    assert len(stream.getvalue()) > 100


def test_what_is_left_of_an_address_or_a_key_can_be_recognised(log: Log) -> None:
    stream = log()
    logging.getLogger("x").info("from amqp://ann:hunter2@host/x with %s", KEY)
    assert last(stream)["event"] == "from amqp://ann:***@host/x with belong_0a1b2c3d_***"


@pytest.mark.parametrize(("queries", "told"), [("no", False), ("yes", True)])
def test_what_somebody_asked_for_is_not_repeated_unless_that_is_wanted(log: Log, queries: str, told: bool) -> None:
    stream = log(LOG_QUERIES=queries)
    looked_for = "my divorce"
    token = private.set(lambda: ["", "is", looked_for, "my"])
    try:
        int(looked_for)
    except ValueError:
        logging.getLogger("x").exception("Looked for my divorce: this is it")
    finally:
        private.reset(token)
    line = last(stream)
    assert ("my divorce" in line["event"]) is told
    assert ("my divorce" in line["exception"]) is told
    assert "this is it" in line["event"]
    assert "invalid literal for int()" in line["exception"]


@pytest.mark.parametrize(
    ("stream", "environment", "as_json"),
    [
        (Terminal(), {}, False),
        (Terminal(), {"LOG_FORMAT": "json"}, True),
        (io.StringIO(), {}, True),
        (io.StringIO(), {"LOG_FORMAT": "text"}, False),
    ],
    ids=["terminal", "terminal, json", "file", "file, text"],
)
def test_people_and_programs_each_get_what_they_can_read(
    log: Log, stream: io.StringIO, environment: dict[str, str], as_json: bool
) -> None:
    log(stream, **environment)
    logging.getLogger("x").info("Here we are")
    assert "Here we are" in stream.getvalue()
    assert stream.getvalue().startswith("{") is as_json
    assert ("\x1b[" in stream.getvalue()) is (isinstance(stream, Terminal) and not as_json)


@pytest.mark.parametrize(("logger", "quiet"), [("elastic_transport.transport", "POST /_search"), ("urllib3", "GET /x")])
def test_clients_do_not_tell_of_each_request(log: Log, logger: str, quiet: str) -> None:
    stream = log()
    logging.getLogger(logger).info(quiet)
    logging.getLogger(logger).warning(quiet)
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("name", "value", "limit"),
    [("LOG_FORMAT", "xml", "json or text"), ("LOG_QUERIES", "true", "yes or no"), ("LOG_ADDRESSES", "1", "yes or no")],
)
def test_settings_of_the_log_that_cannot_be_used_are_said(name: str, value: str, limit: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is '{value}', but has to be {limit}"):
        read_settings({name: value})
