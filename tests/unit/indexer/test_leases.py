"""Leases that are kept while work goes on, and given back."""

import threading
from collections.abc import Callable
from datetime import timedelta

from catalogue.errors import CatalogueUnavailable
from indexer.leases import give_back, renewed

LEASE = timedelta(milliseconds=30)


class Renewals:
    """Answers renewals one after the other, and raises those that are errors; the last one for ever."""

    def __init__(self, *answers: bool | CatalogueUnavailable) -> None:
        self._answers = list(answers)
        self.asked = 0
        self.done = threading.Event()

    def __call__(self) -> bool:
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if self.asked > 3 or answer is False:
            self.done.set()
        if isinstance(answer, CatalogueUnavailable):
            raise answer
        return answer


def test_a_lease_is_renewed_for_as_long_as_the_work_goes_on() -> None:
    renewals = Renewals(True)
    with renewed(renewals, LEASE):
        assert renewals.done.wait(10)
    asked = renewals.asked
    threading.Event().wait(0.05)
    assert renewals.asked == asked


def test_an_outage_of_the_catalogue_is_no_reason_to_give_up() -> None:
    renewals = Renewals(CatalogueUnavailable("away"), CatalogueUnavailable("away"), True)
    with renewed(renewals, LEASE):
        assert renewals.done.wait(10)


def test_a_lost_lease_is_not_asked_for_again() -> None:
    renewals = Renewals(True, False)
    with renewed(renewals, LEASE):
        assert renewals.done.wait(10)
        threading.Event().wait(0.05)
    assert renewals.asked == 2


def release_after(failures: int) -> tuple[Callable[[], None], threading.Event]:
    """Something that fails so often, and then says that it was done."""
    left, done = [CatalogueUnavailable("away")] * failures, threading.Event()

    def release() -> None:
        if left:
            raise left.pop()
        done.set()

    return release, done


def test_a_lease_is_given_back_at_once() -> None:
    release, done = release_after(0)
    give_back(release)
    assert done.is_set()


def test_a_lease_is_given_back_when_the_catalogue_answers_again() -> None:
    release, done = release_after(2)
    give_back(release)  # nobody waits for it
    assert not done.is_set()
    assert done.wait(10)
