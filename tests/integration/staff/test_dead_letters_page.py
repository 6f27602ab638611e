"""Dead letters on the staff's pages: why, one more try, and a list that goes on."""

import re
from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import audit, dead_letters
from tests.integration.cli.test_dead_letters import bury
from tests.integration.staff.test_index_page import notice
from tests.staff import StaffBrowser

LETTERS = "/staff/index/dead-letters"


def listed(services: Services) -> list[str]:
    with services.catalogue.read() as session:
        return [letter.record_id for letter in dead_letters.listed(session)]


def token(browser: StaffBrowser) -> dict[str, str]:
    return browser.hidden(LETTERS, "/staff/sign-out")


def test_a_letter_says_which_record_why_in_words_and_in_the_engines_own(
    services: Services, data: Path, editor: StaffBrowser
) -> None:
    assert "The index takes every record." in editor.get(LETTERS).text
    bury(services, data, 1)
    with services.catalogue.write() as session:
        dead_letters.bury(session, "g1", [("z-0000", 1, "failed to parse field [year] of <type>")])
        dead_letters.bury(session, dead_letters.ANY, [("z-0000", 1, "Whoever worked on it died, 8 times")])
    page = editor.get(LETTERS).text
    assert '<a href="/records/z-0000">Zymurgy 0</a>' in page
    assert "Its field “year” has a value of a kind that the index cannot read." in page
    assert "failed to parse field [year] of &lt;type&gt;" in page
    assert "refused by the index g1 since" in page
    assert "refused by every index since" in page
    assert "1 record</p>" in page


@pytest.mark.parametrize(("fields", "tried"), [({"record": "z-0001"}, 1), ({"all": "1"}, 3)], ids=["one", "all"])
def test_records_are_tried_again_and_followed(
    services: Services, data: Path, editor: StaffBrowser, fields: dict[str, str], tried: int
) -> None:
    bury(services, data, 3)
    answer = editor.client.post(LETTERS, data={**token(editor), **fields}, follow_redirects=True)
    assert notice(answer.text) == ("1 record is marked." if tried == 1 else "3 records are marked.")
    assert answer.request.path.startswith("/staff/index/marked/")
    assert editor.get(LETTERS).text.count("It is being tried again.") == tried
    services.indexer.catch_up()
    assert len(listed(services)) == 3 - tried
    assert re.search("It is written|All of them are written", editor.get(answer.request.path).text)
    with services.catalogue.read() as session:
        [entry] = audit.listed(session, action="dead-letters.retried")
    assert (entry.actor, entry.detail["count"]) == ("editor@example.org", tried)


@pytest.mark.parametrize("fields", [{}, {"record": "nobody"}, {"record": "a\x00b"}, {"record": ""}], ids=str)
def test_what_has_no_letter_is_not_tried_again(
    services: Services, data: Path, editor: StaffBrowser, fields: dict[str, str]
) -> None:
    bury(services, data, 1)
    answer = editor.client.post(LETTERS, data={**token(editor), **fields}, follow_redirects=True)
    assert answer.request.path == LETTERS
    assert notice(answer.text) == "Nothing had to be tried again: the index takes it by now."
    assert "being tried again" not in answer.text


def test_a_long_list_has_pages(services: Services, data: Path, viewer: StaffBrowser) -> None:
    ids = bury(services, data, 60)
    first = viewer.get(LETTERS).text
    found = re.search(r'rel="next" href="([^"]*)"', first)
    assert found is not None
    second = viewer.get(found[1].replace("&amp;", "&")).text
    shown = [re.findall(r'href="/records/(z-\d+)"', page) for page in (first, second)]
    assert shown == [ids[:50], ids[50:]]
    assert "60 records" in second
    assert 'rel="next"' not in second
    assert "There are none after that." in viewer.get(f"{LETTERS}?after=zzz").text
