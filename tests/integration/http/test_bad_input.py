"""What nobody should send, and what people send all the same."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.services import Services
from catalogue.record import PartialDate
from mappings.fields import FACET_NAMES

REFUSED = [
    pytest.param("page=0", "page", "0", "10,000", id="page 0"),
    pytest.param("page=-1", "page", "-1", "10,000", id="a negative page"),
    pytest.param("page=abc", "page", "abc", "10,000", id="no number"),
    pytest.param("page=1e3", "page", "1e3", "10,000", id="scientific notation"),
    pytest.param("page=%D9%A1", "page", "١", "10,000", id="arabic digits"),
    pytest.param("page=1.0", "page", "1.0", "10,000", id="a fraction"),
    pytest.param("page=%201", "page", " 1", "10,000", id="a blank before the number"),
    pytest.param("page=1_0", "page", "1_0", "10,000", id="an underscore"),
    pytest.param(f"page={'9' * 5000}", "page", "9" * 100 + "…", "10,000", id="5,000 digits"),
    pytest.param("page=501", "page", "501", "500", id="a page past 10,000 results"),
    pytest.param("sort=best", "sort", "best", "relevance, newest, oldest, title", id="an unknown order"),
    pytest.param(f"q={'a' * 4001}", "q", "a" * 100 + "…", "4,000", id="a query over 4,000 characters"),
    pytest.param(f"q={quote('😀' * 4001)}", "q", "😀" * 100 + "…", "4,000", id="4,001 emoji"),
    pytest.param(f"theme={'a' * 301}", "theme", "a" * 100 + "…", "300", id="a long value"),
    pytest.param("&".join(f"author=a{i}" for i in range(51)), "author", "a0, a1", "50 times", id="51 values"),
    pytest.param("year=soon", "year", "soon", "such as 2017", id="a word for a year"),
    pytest.param("year=2017&year=201", "year", "201", "such as 2017", id="three digits for a year"),
    pytest.param("year=20170", "year", "20170", "such as 2017", id="five digits for a year"),
    pytest.param("year=..", "year", "..", "such as 2017", id="a range of nothing"),
    pytest.param("year=2016..soon", "year", "2016..soon", "such as 2017", id="a range to a word"),
    pytest.param("year=%D9%A2%D9%A0%D9%A1%D9%A7", "year", "٢٠١٧", "such as 2017", id="arabic digits for a year"),
    pytest.param("q=a%00b", "q", "a%00b", "NUL", id="NUL"),
    pytest.param("q=%FF%FE", "q", "%FF%FE", "UTF-8", id="broken UTF-8"),
    pytest.param("q=%ED%A0%80", "q", "%ED%A0%80", "UTF-8", id="half of a surrogate pair"),
    pytest.param("q=%C0%AF", "q", "%C0%AF", "UTF-8", id="overlong UTF-8"),
    pytest.param("theme=%FF", "theme", "%FF", "UTF-8", id="broken UTF-8 in a facet"),
    pytest.param("fbclid=%FF", "fbclid", "%FF", "UTF-8", id="broken UTF-8 in what is ignored"),
    pytest.param("%FF=1", "%FF", "1", "UTF-8", id="broken UTF-8 in a name"),
]


@pytest.mark.parametrize(("query", "parameter", "value", "limit"), REFUSED)
def test_the_api_names_the_parameter_the_value_and_the_limit(
    client: FlaskClient, query: str, parameter: str, value: str, limit: str
) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    body = answer.get_json()
    assert body["parameter"] == parameter
    assert body["value"].startswith(value)
    assert limit in body["limit"]
    assert parameter in body["detail"]
    assert limit in body["detail"]


@pytest.mark.parametrize(("query", "parameter", "value", "limit"), REFUSED)
@pytest.mark.parametrize("address", ["/search", "/search/facets/theme"])
def test_a_page_names_the_parameter_the_value_and_the_limit(
    client: FlaskClient, address: str, query: str, parameter: str, value: str, limit: str
) -> None:
    # A facet's values are not ranked: they can be paged through to the last.
    query = query.replace("page=501", "page=10001") if "facets" in address else query
    value, limit = ("10001", "10,000") if "page=10001" in query else (value, limit)
    answer = client.get(f"{address}?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert parameter in answer.text
    assert value.strip() in answer.text
    assert limit in answer.text


@pytest.mark.parametrize(
    ("query", "first", "last", "wrong"),
    [
        ("year_from=soon&year_to=2018", "soon", "2018", "year_from"),
        ("year_from=2016&year_to=18", "2016", "18", "year_to"),
        ("year_from=%3Cb%3E", "&lt;b&gt;", "", "year_from"),
        ("year=soon", "", "", None),
        ("year=soon&year=2017", "", "", None),
    ],
)
def test_a_year_that_is_none_is_said_beside_the_results_of_all_else(
    client: FlaskClient, query: str, first: str, last: str, wrong: str | None
) -> None:
    answer = client.get(f"/search?q=integration&type=report&{query}")
    assert answer.status_code == 400
    fields = dict(re.findall(r'<input form="search" id="(year_\w+)"[^>]*? value="([^"]*)"', answer.text))
    assert fields == {"year_from": first, "year_to": last}
    assert re.findall(r'id="(year_\w+)"[^>]*aria-invalid="true" aria-describedby="no-year"', answer.text) == (
        [wrong] if wrong else []
    )
    assert len(re.findall(r"is not a year\. Please type four digits, such as 2017\.", answer.text)) == 2
    assert "INTEGRATION" in answer.text  # a result
    assert re.search(r'name="type" value="report" checked', answer.text)


def test_a_year_that_is_none_is_said_where_nothing_is_found(client: FlaskClient) -> None:
    answer = client.get("/search?q=zzzzqq&year_to=soon")
    assert answer.status_code == 400
    assert 'id="year_to"' in answer.text
    assert "“soon” is not a year" in answer.text


@pytest.mark.parametrize("year", ["2017", "0000", "2016..2018", "2016..", "..2018", "none", ""])
@pytest.mark.parametrize("address", ["/search", "/api/v1/search", "/api/v1/facets/theme"])
def test_what_is_a_year_is_answered(client: FlaskClient, address: str, year: str) -> None:
    assert client.get(f"{address}?year={year}").status_code == 200


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("size=0", "size"),
        ("size=101", "size"),
        ("size=ten", "size"),
        ("size=100&page=101", "page"),
        ("member=Neighbours", "member"),
        ("member=-", "member"),
        ("member=", "member"),
        ("member=a%0A", "member"),
        (f"member={'a' * 65}", "member"),
        ("q=a&q=b", "q"),
        ("page=1&page=1", "page"),
        ("sort=title&sort=title", "sort"),
        ("page=", "page"),
        ("utm_source=x", "utm_source"),
        ("Q=a", "Q"),
        ("=a", ""),
    ],
)
def test_the_api_ignores_nothing(client: FlaskClient, query: str, parameter: str) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] == parameter


def test_an_unknown_parameter_is_told_the_known_ones(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?themes=faith").get_json()
    assert "“themes”" in body["detail"]
    for known in ("q", "sort", "page", "size", "member", *FACET_NAMES):
        assert known in body["limit"].removeprefix("one of the parameters ").split(", ")


@pytest.mark.parametrize("address", ["/api/v1/status", "/api/v1/records/x", "/api/v1/facets/theme"])
def test_no_address_of_the_api_ignores_parameters(client: FlaskClient, address: str) -> None:
    assert client.get(f"{address}?wibble=1").get_json()["parameter"] == "wibble"


@pytest.mark.parametrize(
    "query",
    ["fbclid=abc", "utm_source=x&utm_medium=y", "page=&sort=&theme=&q=", "size=abc", "q=&q=cohesion", "=a", "&&&"],
)
def test_pages_ignore_what_they_do_not_know_and_what_is_empty(client: FlaskClient, query: str) -> None:
    assert client.get(f"/search?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["q=a", "page=500", f"q={'a' * 4000}", "&".join(f"author=a{i}" for i in range(50)), f"theme={'a' * 300}"]
)
@pytest.mark.parametrize("address", ["/search", "/api/v1/search"])
def test_what_is_just_within_the_limits_is_answered(client: FlaskClient, address: str, query: str) -> None:
    assert client.get(f"{address}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/\xff", "/records/\xff", "/records/a\0b", "/api/v1/records/\xff\xfe", "/api/\0"])
def test_a_path_that_is_no_text_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get("/", environ_overrides={"PATH_INFO": path}).status_code == 400


@pytest.mark.parametrize(
    "address",
    ["/records/../../etc/passwd", "/records/%2e%2e%2f", "/records/" + "a" * 3000, "/records/%F0%9F%98%80", "/records/"],
)
def test_a_record_that_never_was_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404
    assert client.get(f"/api/v1{address}").status_code == 404


ODD = {
    "a slash": "foo/bar",
    "two colons": "a::b",
    "an open parenthesis": "(x",
    "a closed parenthesis": "x)",
    "an open quotation mark": '"x',
    "an AND at the end": "a AND",
    "an OR alone": "OR",
    "a NOT alone": "NOT",
    "a star": "*",
    "a regular expression": "/.*/",
    "a fuzzy word": "x~99",
    "a boost": "x^1000",
    "a range": "[a TO z]",
    "emoji": "😀 👩‍👩‍👧‍👦",
    "right to left": "שלום مرحبا",
    "direction marks": "\u202eabc\u202c",
    "a title with a colon": "Rebuilding our Common Life: A Three Point Plan",
    "a field nobody knows": "colour:red",
    "a field with nothing": "title:",
    "backslashes": "\\\\ \\",
    "blanks": "   ",
    "a tab and line ends": "a\tb\r\nc",
    "control characters": "a\x01\x1b[31m",
    "combining accents": "a" + "\u0301" * 200,
    "a thousand words": "word " * 790,
    "deep parentheses": "(" * 2000 + "x",
    "many minuses": "-" * 3000,
    "a script": "<script>alert(1)</script>",
    "a template": "{{ 7*7 }} {% x %} ${x}",
    "SQL": "'; DROP TABLE record; --",
    "a percent sign": "%",
    "a lone year": "year:9999999999..",
    "no character": "\uffff\ufffe",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_an_odd_query_is_answered(client: FlaskClient, text: str) -> None:
    body = client.get("/api/v1/search", query_string={"q": text})
    assert body.status_code == 200, body.text
    assert body.get_json()["total"] >= 0
    completed = client.get("/api/v1/suggest", query_string={"q": text})
    assert (completed.status_code, completed.get_json()["query"]) == (200, text)
    page = client.get("/search", query_string={"q": text})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "49" not in page.text or "{{" in page.text


@given(st.text(max_size=60), st.sampled_from(["q", *FACET_NAMES]))
def test_any_text_in_any_parameter_is_answered_or_refused(client: FlaskClient, text: str, parameter: str) -> None:
    raw = quote(text.encode("utf-8", "surrogatepass"))
    for address in ("/search", "/api/v1/search", "/api/v1/suggest"):
        assert client.get(f"{address}?{parameter}={raw}").status_code in {200, 400}


@given(st.binary(max_size=40))
def test_any_bytes_in_the_query_string_are_answered_or_refused(client: FlaskClient, raw: bytes) -> None:
    for address in ("/search", "/api/v1/search", "/records/x", "/search/facets/theme"):
        answer = client.get(address, environ_overrides={"QUERY_STRING": raw.decode("latin-1")})
        assert answer.status_code in {200, 303, 400, 404}


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,<script>alert(1)</script>"],
)
def test_a_link_that_is_a_script_is_never_a_link(
    services: Services, application: Callable[[Services], FlaskClient], touch: Callable[..., str], link: str
) -> None:
    id_ = touch(services, date=PartialDate(year=2099))
    _write_link(services, id_, link)
    assert services.indexer.catch_up()
    client = application(services)
    for address in (f"/records/{id_}", "/search?q=zymurgy", "/"):
        text = client.get(address).text.casefold()
        assert "zymurgy" in text
        assert 'href="javascript' not in text
        assert 'href=" javascript' not in text
        assert 'href="data:text' not in text


def test_markup_in_a_record_is_text_everywhere(
    services: Services, application: Callable[[Services], FlaskClient], touch: Callable[..., str]
) -> None:
    script = "<script>alert('zymurgy')</script>"
    id_ = touch(services, title=f"Zymurgy {script}", abstract=f"Of zymurgy {script}", responsibility=script)
    assert services.indexer.catch_up()
    client = application(services)
    for address in (f"/records/{id_}", "/search?q=zymurgy", "/", f"/search?theme={script}", f"/search?q={script}"):
        assert "<script>alert" not in client.get(address).text
    hit = client.get("/api/v1/search?q=zymurgy").get_json()["hits"][0]
    assert "".join(fragment["text"] for fragment in hit["highlighted_title"]) == f"Zymurgy {script}"


def _write_link(services: Services, id_: str, link: str) -> None:
    """A link that the import would refuse, as another program might have written it."""
    from sqlalchemy import text

    with services.catalogue.write() as session:
        session.execute(text("UPDATE record SET link = :link WHERE id = :id"), {"link": link, "id": id_})
