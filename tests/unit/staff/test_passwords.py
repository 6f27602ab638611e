"""Which passwords are taken, and which are right."""

import time

import pytest

from catalogue import passwords
from catalogue.passwords import PasswordHash, WeakPassword, hash_password, is_dated, is_right

WEAK = {
    "too short": ("eleven char", "at least 12"),
    "too long": ("abcdefghij" * 20 + "k", "at most 200"),
    "the name": ("Ann.Lee@Example.org", "something else than the name"),
    "one letter": ("a" * 30, "again and again"),
}


@pytest.mark.parametrize(("password", "limit"), WEAK.values(), ids=WEAK.keys())
def test_a_weak_password_is_refused_and_not_repeated(password: str, limit: str) -> None:
    with pytest.raises(WeakPassword, match=limit) as refused:
        hash_password(password, name="ann.lee@example.org")
    assert password not in str(refused.value)


def test_only_the_password_itself_is_right_however_its_accents_are_composed() -> None:
    kept = hash_password("caf\u00e9 und zucker", name="ann")
    assert "zucker" not in kept
    assert is_right(kept, "cafe\u0301 und zucker")
    assert not is_right(kept, "cafe und zucker")
    assert not is_right(kept, "")
    assert not is_right(PasswordHash("damaged"), "caf\u00e9 und zucker")


def test_where_there_is_no_password_none_is_right_and_it_takes_as_long() -> None:
    kept = hash_password("seven grey herons", name="ann")
    is_right(None, "warm up")

    def quickest(kept: PasswordHash | None) -> float:
        times: list[float] = []
        for _ in range(7):
            begun = time.process_time()
            assert not is_right(kept, "six grey herons")
            times.append(time.process_time() - begun)
        return min(times)

    known, unknown = quickest(kept), quickest(None)
    assert 0.5 < unknown / known < 2


def test_a_password_that_was_kept_in_a_weaker_way_is_dated() -> None:
    weaker = passwords.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("seven grey herons")
    assert is_dated(PasswordHash(weaker))
    assert not is_dated(hash_password("seven grey herons", name="ann"))
