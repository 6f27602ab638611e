"""What a save costs that tells the workers, with a real Redis that is well, stopped or silent."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError

from bootstrap.services import Services, build_services
from bootstrap.settings import Settings, read_settings
from catalogue import records
from catalogue.record import Draft
from tasks.app import make_app, send_index
from tasks.nudge import PATIENCE, Nudge, start_nudge
from tests.processes import eventually
from tests.servers.proxy import PASS, Fault, Proxy, running_proxy


@pytest.fixture
def proxy(redis_url: str) -> Iterator[Proxy]:
    with running_proxy(redis_url) as proxy:
        yield proxy


@pytest.fixture
def settings(tmp_path: Path, proxy: Proxy) -> Settings:
    address = f"redis://127.0.0.1:{proxy.port}/0"
    return read_settings({"BELONG_DATA": str(tmp_path), "ENGINE": "elasticsearch", "REDIS_URL": address})


def seconds(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def save(services: Services) -> None:
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"))


@pytest.mark.parametrize(
    ("fault", "longer"),
    [(PASS, 0.2), (Fault(refuse=True), 0.2), (Fault(swallow=True), 1.1)],
    ids=["well", "stopped", "silent"],
)
def test_a_save_does_not_wait_for_redis(settings: Settings, proxy: Proxy, fault: Fault, longer: float) -> None:
    alone = build_services(settings, nudge=lambda: None)
    alone.catalogue.migrate()
    usual = sorted(seconds(lambda: save(alone)) for _ in range(20))[10]
    telling = build_services(settings, nudge=start_nudge(settings))
    assert eventually(lambda: proxy.connections > 0, within=20) is not None
    proxy.set(fault)
    times = [seconds(lambda: save(telling)) - usual for _ in range(20)]
    print(f"{max(times):.4f} s longer at most")  # noqa: T201 - seen with pytest -rP
    assert max(times) < longer
    assert sorted(times)[-2] < 0.2
    for each in (alone, telling):
        each.catalogue.dispose()


@pytest.mark.parametrize(
    ("fault", "within"), [(Fault(refuse=True), 0.2), (Fault(swallow=True), 1.1)], ids=["stopped", "silent"]
)
def test_a_message_is_tried_once_and_given_up_soon(
    settings: Settings, proxy: Proxy, fault: Fault, within: float
) -> None:
    app = make_app(settings, patience=PATIENCE)
    send_index(app)
    proxy.set(fault)
    for _ in range(3):
        start = time.monotonic()
        with pytest.raises(OperationalError):
            send_index(app)
        assert time.monotonic() - start < within
    proxy.set(PASS)
    send_index(app)


def test_a_redis_that_fails_is_left_alone_for_a_while_and_told_once_of_all_that_was_missed() -> None:
    tried: list[float] = []

    def send() -> None:
        tried.append(time.monotonic())
        if len(tried) == 1:
            raise OperationalError("Connection refused")

    nudge = Nudge(send, rest=0.5)
    for _ in range(20):
        nudge()
        time.sleep(0.01)
    assert eventually(lambda: len(tried) == 2, within=5) is not None
    assert tried[1] - tried[0] >= 0.5
    time.sleep(0.1)
    assert len(tried) == 2
