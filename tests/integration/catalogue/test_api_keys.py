"""Keys to the API, as the catalogue keeps them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from catalogue import api_keys
from catalogue.api_keys import ApiKey, NewKey
from catalogue.database import Catalogue
from catalogue.errors import Conflict, Invalid, KeyRefused, NotFound
from catalogue.roles import Role

LATER = timedelta(days=30)


def now() -> datetime:
    return datetime.now(UTC)


def add(catalogue: Catalogue, name: str = "Catalogue sync", **options: object) -> NewKey:
    with catalogue.write() as session:
        return api_keys.add(session, name=name, role=Role.EDITOR, created_by="ann", **options)  # type: ignore[arg-type]


def shown(catalogue: Catalogue, secret: str, *, at: datetime | None = None) -> ApiKey:
    with catalogue.read() as session:
        return api_keys.shown(session, secret, now=at or now())


def test_a_key_has_256_random_bits_and_is_found_by_all_of_it(catalogue: Catalogue) -> None:
    first, second = add(catalogue), add(catalogue, "Another")
    assert re.fullmatch(r"belong_[0-9a-z]{8}_[A-Za-z0-9_-]{43}", first.secret)  # 43 signs of 6 bits hold 256 bits
    assert first.secret.startswith(first.key.beginning)
    assert shown(catalogue, first.secret) == first.key
    assert shown(catalogue, second.secret).name == "Another"


def test_what_is_secret_of_a_key_is_neither_kept_nor_shown(catalogue: Catalogue) -> None:
    made = add(catalogue)
    private = made.secret.removeprefix(made.key.beginning)
    with catalogue.read() as session:
        kept = str(session.execute(text("SELECT * FROM api_key")).all())
    assert made.key.public in kept
    assert private not in kept
    assert private not in repr(made)


@pytest.mark.parametrize("cut", [slice(None, -1), slice(1, None), slice(0, 0), slice(None, 16)])
def test_a_part_of_a_key_opens_nothing(catalogue: Catalogue, cut: slice) -> None:
    made = add(catalogue)
    with pytest.raises(KeyRefused, match="no key to the API"):
        shown(catalogue, made.secret[cut])


def test_the_secret_of_one_key_does_not_open_another(catalogue: Catalogue) -> None:
    first, second = add(catalogue), add(catalogue, "Another")
    mixed = first.key.beginning + second.secret.removeprefix(second.key.beginning)
    with pytest.raises(KeyRefused):
        shown(catalogue, mixed)


@pytest.mark.parametrize("text", ["", "belong_", "belong_é\0", "x" * 100_000, "belong_00000000_" + "é" * 43])
def test_what_cannot_be_a_key_is_refused(catalogue: Catalogue, text: str) -> None:
    with pytest.raises(KeyRefused):
        shown(catalogue, text)


def test_a_revoked_key_says_since_when_to_who_has_it(catalogue: Catalogue) -> None:
    made = add(catalogue)
    with catalogue.write() as session:
        assert not api_keys.revoke(session, made.key.id).is_good(now())
    with pytest.raises(KeyRefused, match="Catalogue sync was revoked on"):
        shown(catalogue, made.secret)
    with pytest.raises(KeyRefused, match="no key to the API"):
        shown(catalogue, made.secret[:-4] + "AAAA")
    with catalogue.write() as session, pytest.raises(Conflict, match="revoked before"):
        api_keys.revoke(session, made.key.id)


def test_a_key_opens_until_the_moment_in_which_it_expires(catalogue: Catalogue) -> None:
    end = now() + LATER
    made = add(catalogue, expires_at=end)
    assert shown(catalogue, made.secret, at=end - timedelta(seconds=1)).is_good(end - timedelta(seconds=1))
    with pytest.raises(KeyRefused, match="Catalogue sync has expired on"):
        shown(catalogue, made.secret, at=end)


def test_a_key_that_has_expired_already_is_not_made(catalogue: Catalogue) -> None:
    with pytest.raises(Invalid, match="in the future"):
        add(catalogue, expires_at=now())


def test_a_name_is_taken_until_its_key_is_revoked(catalogue: Catalogue) -> None:
    first = add(catalogue, " Catalogue  sync ")
    assert first.key.name == "Catalogue sync"
    with pytest.raises(Conflict, match="revoke it, or take another name"):
        add(catalogue, "CATALOGUE SYNC")
    with catalogue.write() as session:
        api_keys.revoke(session, api_keys.by_name(session, "catalogue sync").id)
        with pytest.raises(NotFound):
            api_keys.by_name(session, "catalogue sync")
    second = add(catalogue, "catalogue sync")
    with catalogue.read() as session:
        assert [key.id for key in api_keys.listed(session)] == [second.key.id, first.key.id]


@pytest.mark.parametrize("name", ["", " ", "a", "a" * 101, "ann\x00", "ann\u202elee", "zero\u200bwidth"], ids=ascii)
def test_what_cannot_be_a_name_is_refused(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(Invalid, match="2 to 100 characters that can be seen"):
        add(catalogue, name)


def test_an_actor_cannot_be_taken_for_a_person(catalogue: Catalogue) -> None:
    assert add(catalogue, "ann@example.org").key.actor == "API key ann@example.org"


def test_the_last_use_is_noted_once_a_minute(catalogue: Catalogue) -> None:
    key, noon = add(catalogue).key, datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert api_keys.is_use_to_be_noted(key, now=noon)
    with catalogue.write() as session:
        api_keys.note_use(session, key, now=noon)
        used = api_keys.get(session, key.id)
    assert used.last_used_at == noon
    assert not api_keys.is_use_to_be_noted(used, now=noon + timedelta(seconds=59))
    assert api_keys.is_use_to_be_noted(used, now=noon + timedelta(seconds=60))
