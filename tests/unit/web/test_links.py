from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.params import parse_page_request
from app.web.links import (
    contact_address,
    doi_address,
    facet_address,
    host_of,
    outside_address,
    record_address,
    search_address,
    static_address,
)
from mappings.fields import FACET_NAMES
from search.request import Sort
from tests.unit.web.samples import a_request

# Any text that the query string can carry: no lone surrogates, which UTF-8 has no bytes for.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
VALUE = TEXT.filter(bool)

# Ids may be any text, years may not.
YEAR = st.from_regex("[0-9]{4}|[0-9]{4}[.][.]([0-9]{4})?|none", fullmatch=True, alphabet=st.characters(codec="ascii"))
VALUES = {
    name: st.lists(YEAR if name == "year" else VALUE, min_size=1, max_size=4, unique=True) for name in FACET_NAMES
}


@pytest.mark.parametrize(
    ("request_parts", "expected"),
    [
        pytest.param({}, "/search", id="nothing asked for"),
        pytest.param({"text": "a b&c"}, "/search?q=a+b%26c", id="words are escaped"),
        pytest.param({"sort": Sort.RELEVANCE, "page": 1}, "/search", id="defaults are left out"),
        pytest.param({"sort": Sort.TITLE}, "/search?sort=title", id="another order"),
        pytest.param(
            {"filters": {"year": ("2016..2018",), "theme": ("b", "a")}},
            "/search?theme=b&theme=a&year=2016..2018",
            id="facets in their order, values repeated",
        ),
    ],
)
def test_address_of_a_search_is_short_and_stable(request_parts, expected):
    assert search_address(a_request(**request_parts)) == expected


def test_a_changed_search_starts_at_its_first_page():
    assert search_address(a_request("x", page=7), sort=Sort.NEWEST) == "/search?q=x&sort=newest"


def test_a_page_is_named_when_it_is_asked_for():
    assert search_address(a_request("x"), page=2) == "/search?q=x&page=2"


@given(
    text=TEXT,
    filters=st.fixed_dictionaries({}, optional={name: VALUES[name] for name in FACET_NAMES}),
    sort=st.sampled_from(Sort),
    page=st.integers(1, 500),
)
def test_address_is_read_back_as_the_same_search(text, filters, sort, page):
    asked = a_request(text, filters={name: tuple(values) for name, values in filters.items()}, sort=sort, page=page)
    query = urlsplit(search_address(asked, page=page)).query
    read = parse_page_request(MultiDict(parse_qsl(query, keep_blank_values=True)))
    assert (read.query.text, read.filters, read.sort, read.page) == (text, asked.filters, sort, page)


def test_page_of_a_facet_keeps_the_search():
    request = a_request("x", filters={"type": ("report",)}, sort=Sort.TITLE, page=3)
    address = facet_address(request, "author", containing="lee", page=2)
    assert address == "/search/facets/author?q=x&type=report&sort=title&page=2&containing=lee"


def test_record_address_escapes_what_an_address_cannot_hold():
    assert record_address("a b/c?d#é") == "/records/a%20b/c%3Fd%23%C3%A9"


def test_record_address_keeps_colons_as_people_write_them():
    assert record_address("arxiv:1505.03305") == "/records/arxiv:1505.03305"


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("http://example.org", id="http"),
        pytest.param("https://example.org/a?b=c#d", id="https"),
        pytest.param("HTTPS://EXAMPLE.ORG", id="capitals"),
    ],
)
def test_web_addresses_become_links(link):
    assert outside_address(link) == link


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("javascript:alert(1)", id="javascript"),
        pytest.param(" JavaScript:alert(1)", id="javascript in disguise"),
        pytest.param("java\nscript:alert(1)", id="javascript over a line break"),
        pytest.param("data:text/html,<script>", id="data"),
        pytest.param("//example.org/a", id="no scheme"),
        pytest.param("http:///a", id="no host"),
        pytest.param("http://[::1", id="broken host"),
        pytest.param("www.example.org", id="no address at all"),
    ],
)
def test_anything_else_is_never_a_link(link):
    assert outside_address(link) is None


def test_host_is_named_without_www():
    assert host_of("https://www.example.org:8080/a") == "example.org"


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        pytest.param("library@example.org", "mailto:library@example.org", id="mail"),
        pytest.param("https://example.org/contact", "https://example.org/contact", id="page"),
        pytest.param("javascript:alert(1)", None, id="neither"),
        pytest.param(None, None, id="not set"),
    ],
)
def test_contact_leads_to_mail_or_page(contact, expected):
    assert contact_address(contact) == expected


def test_doi_is_escaped_in_its_address():
    assert doi_address("10.1000/a<b>#c") == "https://doi.org/10.1000/a%3Cb%3E%23c"


def test_address_of_a_file_of_ours_carries_a_hash_of_its_content():
    path, _, version = static_address("site.css").partition("?v=")
    assert path == "/static/site.css"
    assert len(version) == 12
