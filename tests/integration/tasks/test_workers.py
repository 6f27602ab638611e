"""Real workers on a real Redis and a real Elasticsearch: changes arrive. What breaks is in tests/faults."""

import json
import os
import signal
import threading

from catalogue import runs
from catalogue.runs import RunKind
from tests.cluster import Cluster
from tests.processes import eventually
from tests.servers.proxy import PASS, Fault, Proxy


def drift(cluster: Cluster) -> int:
    """How many records differ between catalogue and index."""
    with cluster.services.catalogue.write() as session:
        number = runs.start(session, RunKind.RECONCILE, started_by="a test")
    assert cluster.services.indexer.catch_up()
    with cluster.services.catalogue.read() as session:
        report = runs.get(session, number).report
    assert report is not None
    return sum(report["counts"].values())


def is_indexed(cluster: Cluster, words: str, total: int) -> bool:
    """Whether a search finds so many records, after nothing has been left to do."""
    return (
        eventually(lambda: cluster.waiting() == 0, within=30) is not None
        and eventually(lambda: cluster.found(words) == total, within=10) is not None
    )


def test_an_edit_reaches_elasticsearch_through_a_worker_within_a_second(cluster: Cluster) -> None:
    cluster.workers()
    times = []
    for word in ("Abacus", "Abalone", "Abandon", "Abattoir"):
        cluster.save(word)
        times.append(eventually(lambda word=word: cluster.found(word) == 1, within=30))
    print("Searchable after", *times, "s")  # noqa: T201 - seen with pytest -rP
    assert None not in times
    assert min(filter(None, times)) < 1


def test_what_a_killed_process_worked_on_is_delivered_again(cluster: Cluster, before_elasticsearch: Proxy) -> None:
    workers = cluster.workers()
    before = {child for worker in workers for child in worker.children()}
    before_elasticsearch.set(Fault(delay=1))
    cluster.save("Zymurgy")
    assert eventually(cluster.is_leased, within=20) is not None
    cluster.end_leases()
    for child in before:
        os.kill(child, signal.SIGKILL)
    before_elasticsearch.set(PASS)
    # Nobody saves again and there is no schedule: it is the message of the dead process that comes again.
    assert is_indexed(cluster, "zymurgy", 1)
    assert not before & {child for worker in cluster.workers() for child in worker.children()}


def test_two_workers_share_the_work_and_leave_nothing(cluster: Cluster) -> None:
    cluster.workers()

    def edit(person: int) -> None:
        for number in range(60):
            cluster.save(f"Borborygmus {number}", record_id=f"{person}-{number % 20}")

    people = [threading.Thread(target=edit, args=(person,)) for person in range(3)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert is_indexed(cluster, "borborygmus", 60)
    assert drift(cluster) == 0


def test_workers_write_the_same_log_as_servers_with_the_number_of_the_run(cluster: Cluster) -> None:
    workers = cluster.workers()
    with cluster.services.catalogue.write() as session:
        number = runs.start(session, RunKind.REBUILD, started_by="a test")
    cluster.save("Abecedarian")  # which wakes one of them

    def told() -> list[dict[str, object]]:
        # Celery itself tells in plain words of a process that was slow to start and that it replaced.
        lines = [line for worker in workers for line in worker.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in map(json.loads, lines) if "made anew as" in line["event"]]

    assert eventually(told, within=30) is not None
    [line] = told()
    assert (line["run"], line["level"], line["logger"]) == (number, "info", "indexer.rebuild")
