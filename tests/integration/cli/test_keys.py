"""`belong key`, as an operator uses it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bootstrap.services import build_services
from bootstrap.settings import read_settings
from catalogue import api_keys, audit
from catalogue.api_keys import ApiKey
from tests.integration.cli.running import Done, run


def add(data: Path, *options: str) -> Done:
    return run(data, "key", "add", "Catalogue sync", "--role", "editor", *options)


def opened_by(data: Path, secret: str) -> ApiKey:
    built = build_services(read_settings({"BELONG_DATA": str(data)}))
    with built.catalogue.read() as session:
        key = api_keys.shown(session, secret, now=datetime.now(UTC))
    built.catalogue.dispose()
    return key


def test_a_key_is_printed_alone_for_programs_with_a_word_beside_it_for_people(tmp_path: Path) -> None:
    done = add(tmp_path)
    assert done.returncode == 0
    assert opened_by(tmp_path, done.stdout.strip()).actor == "API key Catalogue sync"
    assert "Keep it where only that system reads it" in done.stderr


def test_keys_are_listed_without_what_is_secret(tmp_path: Path) -> None:
    assert "belong key add" in run(tmp_path, "key", "list").stdout
    secret = add(tmp_path, "--days", "30").stdout.strip()
    listed = run(tmp_path, "key", "list").stdout
    assert "Catalogue sync: editor" in listed
    assert "never used, expires 20" in listed
    assert secret[:16] in listed
    assert secret[16:] not in listed + run(tmp_path, "key", "list", "--json").stdout
    [body] = run(tmp_path, "key", "list", "--json").json
    expires = datetime.fromisoformat(body["expires_at"])
    assert timedelta(days=29) < expires - datetime.now(UTC) < timedelta(days=30)


def test_a_revoked_key_opens_nothing_and_all_that_is_in_the_log(tmp_path: Path) -> None:
    secret = add(tmp_path, "--json").json["key"]
    assert run(tmp_path, "key", "revoke", "catalogue SYNC").stdout == "The key Catalogue sync opens nothing any more.\n"
    with pytest.raises(api_keys.KeyRefused):
        opened_by(tmp_path, secret)
    assert "revoked" in run(tmp_path, "key", "list").stdout
    built = build_services(read_settings({"BELONG_DATA": str(tmp_path)}))
    with built.catalogue.read() as session:
        entries = audit.listed(session)
    built.catalogue.dispose()
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("api-key.revoked", "Catalogue sync"),
        ("api-key.added", "Catalogue sync"),
    ]
    assert all(entry.actor.endswith(" at the command line") for entry in entries)
    assert not any(secret[16:] in str(entry) for entry in entries)


REFUSED = {
    "name taken": (["add", "catalogue sync", "--role", "viewer"], "There is a key"),
    "no name": (["add", "x", "--role", "viewer"], "2 to 100 characters"),
    "no role": (["add", "Other", "--role", "owner"], "administrator"),
    "no days": (["add", "Other", "--role", "viewer", "--days", "0"], "1<=x<=3650"),
    "nobody": (["revoke", "Other"], "There is no key Other"),
}


@pytest.mark.parametrize(("arguments", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, arguments: list[str], reason: str) -> None:
    add(tmp_path)
    done = run(tmp_path, "key", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
