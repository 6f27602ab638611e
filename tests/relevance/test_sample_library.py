"""What a researcher expects to see first in the library of 28 titles, through the request that the page makes."""

from collections.abc import Iterator

import pytest
from werkzeug.datastructures import MultiDict

from app.params import parse_page_request
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue.intake.importer import import_file
from catalogue.intake.sample import SAMPLE
from search.results import SearchPage

Query = str
Beginnings = set[str]

# A query, and how the titles begin that stand before all others, in any order.
FIRST: dict[Query, Beginnings] = {
    # A title, whole or nearly
    "Minority Report: Race and Class in post-Brexit Britain": {"Minority Report"},
    "the power of participation our strategy 2024-28": {"The Power of Participation"},
    "Building Connection: Exploring What Works": {"Building Connection"},
    "“Where are the police? Britons’ attitudes to crime, anti-social behaviour and the police”": {"Where are the"},
    "casey review": {"The Casey Review"},
    "brexit 2017": {"Minority Report"},
    "little book of answers": {"The Little Book"},
    "integrated communities green paper": {"Integrated Communities Strategy"},
    "talking about racism": {"Contains Strong Language"},
    # People and organisations
    "British Future": {"Integration: From national rhetoric"},
    "louise casey": {"The Casey Review"},
    "Katwala": {"Integration: From national rhetoric"},
    "Miriam Juan-Torres Gonzalez": {"Enough is Enough"},
    "author:goodhart": {"Closing the gap"},
    "Runnymede Trust": {"Minority Report"},
    "inter faith network": {"Inter Faith Week", "Faith and Cohesive", "Faiths Working Together"},
    "greater london authority strategy": {"All of Us"},
    # A subject, whatever the form of its words
    "volunteering": {"Causal Connections"},
    "volunteers": {"Causal Connections"},
    "refugee asylum": {"Voices in the Dark"},
    "asylum": {"Voices in the Dark"},
    "sport integration": {"London Together"},
    "sports": {"London Together", "One Team"},
    "school segregation": {"Understanding School Segregation", "Closing the gap"},
    "faith toolkit": {"Faiths Working Together"},
    "migrants practitioner training": {"Supporting Migrant Communities"},
    "older younger neighbours": {"Building Connection"},
    "measuring cohesion": {"Causal Connections"},
    "diversity in cities": {"A Handbook for Governing"},
    "arts": {"The Little Book"},
    # A word in the title says more than one in the abstract
    "difference": {"Telling the Difference", "Living with Difference"},
    "london": {"London Together"},
    "inter faith": {"Inter Faith Week", "Faith and Cohesive"},
    # Questions
    "how can sport bring communities together?": {"One Team"},
    "what do people in Britain think about crime and the police?": {"Where are the police"},
    "does volunteering make communities more cohesive?": {"Causal Connections"},
}

# A query with a slip, and what is meant.
SUGGESTIONS: dict[Query, Query] = {
    "integraton": "integration",
    "segragation": "segregation",
    "handbok": "handbook",
    "minority raport": "minority report",
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    built = build_services(read_settings({"BELONG_DATA": str(tmp_path_factory.mktemp("data"))}))
    built.catalogue.migrate()
    assert import_file(built.catalogue, SAMPLE).added == 28
    assert built.indexer.catch_up()
    yield built
    built.catalogue.dispose()


def search(services: Services, text: str) -> SearchPage:
    return services.discovery.search(parse_page_request(MultiDict([("q", text)])))


@pytest.mark.parametrize(("text", "first"), FIRST.items(), ids=FIRST)
def test_what_is_expected_comes_first(services: Services, text: Query, first: Beginnings) -> None:
    titles = [hit.shown.title for hit in search(services, text).hits]
    # A title that was not expected stands here whole.
    found = {next((start for start in first if title.startswith(start)), title) for title in titles[: len(first)]}
    assert found == first


@pytest.mark.parametrize(("text", "meant"), SUGGESTIONS.items(), ids=SUGGESTIONS)
def test_a_slip_is_put_right(services: Services, text: Query, meant: Query) -> None:
    page = search(services, text)
    assert page.suggestion is not None
    assert page.suggestion.text == meant
    assert search(services, meant).total == page.suggestion.total


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("community", "communities"),
        ("faith", "FAITHS"),
        ("policy", "policies"),
        ("Míriam", "miriam"),
        ("britons’", "Britons"),
        ("city", "cities"),
    ],
)
def test_forms_of_a_word_find_the_same(services: Services, one: Query, other: Query) -> None:
    found, same = ({hit.id for hit in search(services, text).hits} for text in (one, other))
    assert found == same != set()
