import pytest

from catalogue import requests
from catalogue.database import Catalogue
from catalogue.errors import NotFound
from catalogue.requests import RequestState


def test_a_request_is_followed_from_asking_to_the_end(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        number = requests.request_rebuild(session)
    with catalogue.read() as session:
        assert requests.get(session, number).state is RequestState.REQUESTED
        assert requests.is_any_unfinished(session)
    with catalogue.write() as session:
        running = requests.next_request(session)
        assert running is not None
        assert (running.id, running.state, running.total) == (number, RequestState.RUNNING, None)
        assert running.started_at is not None
    with catalogue.write() as session:
        requests.progress(session, number, 500, 28_000)
    with catalogue.read() as session:
        request = requests.get(session, number)
        assert (request.done, request.total) == (500, 28_000)
    with catalogue.write() as session:
        requests.finish(session, number)
        assert requests.next_request(session) is None
    with catalogue.read() as session:
        request = requests.get(session, number)
        assert (request.state, request.error) == (RequestState.DONE, None)
        assert request.finished_at is not None
        assert not requests.is_any_unfinished(session)


def test_a_request_that_failed_tells_why(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        number = requests.request_rebuild(session)
        requests.next_request(session)
        requests.finish(session, number, error="The disk is full")
        request = requests.get(session, number)
    assert (request.state, request.error) == (RequestState.FAILED, "The disk is full")


def test_requests_that_wait_are_one(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        assert requests.request_rebuild(session) == requests.request_rebuild(session)


def test_a_request_during_a_rebuild_is_another_one_and_comes_next(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        first = requests.request_rebuild(session)
        requests.next_request(session)
        second = requests.request_rebuild(session)
        assert second != first
        requests.finish(session, first)
        following = requests.next_request(session)
        assert following is not None
        assert following.id == second


def test_a_rebuild_whose_process_died_is_begun_anew(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        number = requests.request_rebuild(session)
        requests.next_request(session)
        requests.progress(session, number, 10, 20)
        again = requests.next_request(session)
    assert again is not None
    assert (again.id, again.done, again.total) == (number, 0, None)


def test_an_unknown_request_is_not_found(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound), catalogue.read() as session:
        requests.get(session, 7)
