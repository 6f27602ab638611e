"""The audit log on the staff's pages: all of it, or what one person or one kind of action did."""

import re
from collections.abc import Callable

from bootstrap.services import Services
from catalogue import audit
from catalogue.roles import Role
from tests.staff import StaffBrowser

LOG = "/staff/audit-log"


def test_the_log_is_filtered_by_action_and_person_and_has_pages(
    services: Services, signed_in: Callable[[Role], StaffBrowser]
) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    with services.catalogue.write() as session:
        for n in range(60):
            audit.record(session, actor="<ann>", action="record.changed", subject=f"r-{n}", detail={"version": n})
        audit.record(session, actor="ben", action="rebuild.started", subject="rebuild 4", detail={"run": 4})
    page = browser.get(LOG).text
    assert '<a href="/staff/index/runs/4">rebuild 4</a>' in page
    assert "Record: changed" in page
    assert "&lt;ann&gt;" in page
    found = re.search(r'rel="next" href="([^"]*)"', page)
    assert found is not None
    assert "r-0<" in browser.get(found[1].replace("&amp;", "&")).text
    by_ben = browser.get(LOG, query_string={"actor": "ben", "action": ""}).text
    assert by_ben.count('<tr role="row">\n      <td') == 1
    changed = browser.get(LOG, query_string={"action": "record.changed", "actor": "<ann>"}).text
    assert changed.count('<tr role="row">\n      <td') == 50
    older = re.search(r'rel="next" href="([^"]*)"', changed)
    assert older is not None
    assert "action=record.changed" in older[1]
    nothing = browser.get(LOG, query_string={"action": "record.changed", "actor": "ben"}).text
    assert "There are no such entries." in nothing
    assert browser.get(LOG, query_string={"actor": "x" * 301}).status_code == 400


def test_the_log_is_for_administrators(signed_in: Callable[[Role], StaffBrowser]) -> None:
    browser = signed_in(Role.EDITOR)
    assert browser.get(LOG).status_code == 403
    assert LOG not in browser.get("/staff/").text
