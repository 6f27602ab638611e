"""Where somebody may go after signing in."""

import pytest

from app.staff.onward import is_local

LOCAL = ["/", "/staff/", "/staff/runs/3?page=2", "/records/a:b/c", "/search?q=caf%C3%A9&next=//evil.example"]

ELSEWHERE = [
    "",
    "staff",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/%2Fevil.example",
    "/%2f%2fevil.example",
    "/%252Fevil.example",
    "/%5Cevil.example",
    "/%255cevil.example",
    "/%09/evil.example",
    "/%0d%0aLocation:%20//evil.example",
    "/staff\r\nSet-Cookie: a=b",
    "http://evil.example",
    "https:evil.example",
    "HTTPS://evil.example/staff/",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example@library.example.org",
    "http:///evil.example",
    "/" * 2_000,
]


@pytest.mark.parametrize("address", LOCAL)
def test_a_page_of_this_site_is_one(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize("address", ELSEWHERE, ids=ascii)
def test_what_a_browser_may_read_as_another_site_is_none(address: str) -> None:
    assert not is_local(address)
