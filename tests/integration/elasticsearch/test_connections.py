"""What people are answered while Elasticsearch cannot be reached, or something else answers in its place."""

import time

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import GONE_ID
from tests.processes import eventually
from tests.servers.proxy import PASS, Fault, Proxy, http_answer

# How long anybody waits at most: two seconds for an engine that does not answer at all, and some.
LONGEST = 2.5  # seconds

_PRODUCT = "Elasticsearch"
_FULL = '{"error":{"type":"es_rejected_execution_exception","reason":"queue is full"},"status":429}'
_BROKEN = '{"error":{"type":"search_phase_execution_exception","reason":"all shards failed"},"status":503}'

SILENT = {
    "slow": Fault(delay=5),
    "black hole": Fault(swallow=True),
}
AT_ONCE = {
    "refused": Fault(refuse=True),
    "lost answer": Fault(reset_after=0),
    "answer cut in the middle": Fault(reset_after=400),
    "busy": Fault(instead=http_answer(429, body=_FULL, X_Elastic_Product=_PRODUCT)),
    "broken": Fault(instead=http_answer(503, body=_BROKEN, X_Elastic_Product=_PRODUCT)),
    "no access": Fault(instead=http_answer(401, body="{}", X_Elastic_Product=_PRODUCT)),
    "half an answer": Fault(instead=http_answer(200, body='{"took":', X_Elastic_Product=_PRODUCT)),
    "a proxy without a server": Fault(instead=http_answer(502, body="<h1>Bad gateway</h1>", Content_Type="text/html")),
    "a page of somebody else": Fault(instead=http_answer(200, body="<h1>Welcome</h1>", Content_Type="text/html")),
    "JSON of somebody else": Fault(instead=http_answer(200, body='{"hits":{"total":{"value":0},"hits":[]}}')),
    "somebody else without such a page": Fault(instead=http_answer(404, body="{}")),
    "no HTTP": Fault(instead=b"+PONG\r\n"),
}
FAULTS = {**SILENT, **AT_ONCE}


def some_record(client: FlaskClient) -> str:
    return client.get("/api/v1/search?size=1").get_json()["hits"][0]["id"]


def assert_refused(answer: TestResponse) -> None:
    """An honest no, which is not taken for "nothing found", and tells nobody why."""
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    if answer.content_type == "application/problem+json":
        assert set(answer.get_json()) == {"type", "title", "status", "detail", "request_id"}
    else:
        assert answer.mimetype == "text/html"
        assert '<a class="wordmark" href="/">' in answer.text
    assert "Search is not answering just now. Record pages still work." in answer.text
    for told in ("Elasticsearch", "127.0.0.1", "alias", "index_", "shard", "Traceback", "No resources", "0 resources"):
        assert told not in answer.text


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_an_outage_is_said_at_once_and_what_needs_no_search_goes_on(
    behind_proxy: FlaskClient, proxy: Proxy, fault: Fault
) -> None:
    id_ = some_record(behind_proxy)  # so that there is a connection
    proxy.set(fault)
    start = time.monotonic()
    assert_refused(behind_proxy.get("/api/v1/search?q=cohesion"))
    assert time.monotonic() - start < LONGEST
    for address in ("/search?q=cohesion", "/search?theme=integration&q=zzzz", "/search/facets/theme"):
        assert_refused(behind_proxy.get(address))
    assert_refused(behind_proxy.get("/api/v1/facets/theme"))
    for address in (f"/records/{id_}", f"/api/v1/records/{id_}", "/help/search", "/", "/healthz"):
        assert behind_proxy.get(address).status_code == 200
    assert behind_proxy.get(f"/records/{GONE_ID}").status_code == 410
    assert behind_proxy.get("/api/v1/status").get_json()["index"] is None
    ready = behind_proxy.get("/readyz")
    assert (ready.status_code, ready.get_json()["status"]) == (200, "degraded")
    assert ready.get_json()["parts"]["search"]["reason"]
    # All of it, and no two seconds for each.
    assert time.monotonic() - start < LONGEST + 0.5


@pytest.mark.parametrize("name", ["black hole", "refused"])
def test_searches_are_answered_again_a_moment_after_the_outage(
    behind_proxy: FlaskClient, proxy: Proxy, name: str
) -> None:
    total = behind_proxy.get("/api/v1/search?q=cohesion").get_json()["total"]
    assert total > 0
    proxy.set(FAULTS[name])
    for _ in range(4):
        assert behind_proxy.get("/api/v1/search?q=cohesion").status_code == 503
    proxy.set(PASS)
    assert eventually(lambda: behind_proxy.get("/search?q=cohesion").status_code == 200, within=3)
    assert behind_proxy.get("/api/v1/search?q=cohesion").get_json()["total"] == total
    assert behind_proxy.get("/readyz").get_json()["status"] == "ready"


def test_watching_a_hanging_engine_costs_one_time_out_and_not_one_each(behind_proxy: FlaskClient, proxy: Proxy) -> None:
    proxy.set(Fault(swallow=True))
    start = time.monotonic()
    for _ in range(10):
        assert behind_proxy.get("/api/v1/status").get_json()["index"] is None
    assert time.monotonic() - start < LONGEST


def test_a_single_connection_that_was_closed_is_no_outage_for_others(behind_proxy: FlaskClient, proxy: Proxy) -> None:
    """As after a restart of Elasticsearch: connections that were kept are dead, new ones work."""
    assert behind_proxy.get("/api/v1/search?q=cohesion").status_code == 200
    proxy.set(Fault(refuse=True))
    proxy.set(PASS)
    assert behind_proxy.get("/search?q=cohesion").status_code in {200, 503}
    assert behind_proxy.get("/search?q=cohesion").status_code == 200
