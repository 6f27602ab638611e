"""Author lines: all of the library's sample, further real ones, and any text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.intake.names import listed_name, split_publishers, split_statement
from catalogue.record import AgentKind, Role

SAMPLE = Path(__file__).parents[3] / "catalogue" / "sample.jsonl"


def shown(line: str) -> str:
    """The names of a line with the first letters of their kinds, and their roles where they are not authors."""
    names = split_statement(line).names
    roles = {Role.AUTHOR: "", Role.EDITOR: " ed.", Role.CONTRIBUTOR: " contr."}
    return "; ".join(f"{name.name} ({name.kind.value[0]}{roles[name.role]})" for name in names)


# Every author line of the sample, with what the facet shows.
SAMPLE_LINES = {
    "The Inter Faith Network": "The Inter Faith Network (o)",
    "The Challenge": "The Challenge (o)",
    "Tuna Tasan-Kok, Gideon Bolt, Larissa Pluss, Walter Schenkel": (
        "Tuna Tasan-Kok (p); Gideon Bolt (p); Larissa Pluss (p); Walter Schenkel (p)"
    ),
    "APPG on Social Integration": "APPG on Social Integration (o)",
    "Sunder Katwala, Jill Rutter, Avaes Mohammad, Steve Ballinger": (
        "Sunder Katwala (p); Jill Rutter (p); Avaes Mohammad (p); Steve Ballinger (p)"
    ),
    "Edited by Omar Khan and Faiza Shaheen": "Omar Khan (p ed.); Faiza Shaheen (p ed.)",
    "iCoCo Foundation/SchoolDash/The Challenge": "iCoCo Foundation (o); SchoolDash (o); The Challenge (o)",
    "Inter Faith Network": "Inter Faith Network (o)",
    "Dame Louise Casey": "Dame Louise Casey (p)",
    "UNHCR": "UNHCR (o)",
    "The Young Foundation": "The Young Foundation (o)",
    "The Cares Family": "The Cares Family (o)",
    "Sanjiv Lingayah and Nina Kelly": "Sanjiv Lingayah (p); Nina Kelly (p)",
    (
        "Belong - The Cohesion and Integration Network by Professor Dominic Abrams, Dr Ben Davies, "
        "and Ms Zoe Horsham, University of Kent"
    ): (
        "Belong - The Cohesion and Integration Network (o); Dominic Abrams (p); Ben Davies (p); Zoe Horsham (p); "
        "University of Kent (o)"
    ),
    "Míriam Juan-Torres González": "Míriam Juan-Torres González (p)",
    # "Comic Relief Ellie Sheppard" cannot be taken apart safely, and the Mayor of London is no name.
    "Tom Keyte, inFocus | Corinna Philpott, Comic Relief Ellie Sheppard, Mayor of London": (
        "Tom Keyte (p); inFocus (o); Corinna Philpott (p)"
    ),
    "More In Common, Arisa Kimaram, Luke Tryl, Conleth Burns and Tyron Surmon": (
        "More In Common (o); Arisa Kimaram (p); Luke Tryl (p); Conleth Burns (p); Tyron Surmon (p)"
    ),
    (
        "The University of Sheffield (Julie Walsh & Maria Teresa Ferazzoli), Goodwin Development Trust Ltd. "
        "(Lloyd Dobbs), Humber Coast and Vale Health and Care Partnership (Gail Teasdale), The University of Hull "
        "(Catriona Jones), Chilypep (Laura Abott & Aidan Mascarenhas-Keyes), with contributions from Elizabeth Veeren, "
        "Gary Blake, Shupi Chiwanza, and Nchimunya Ng’andu"
    ): (
        "The University of Sheffield (o); Julie Walsh (p); Maria Teresa Ferazzoli (p); Goodwin Development Trust Ltd. "
        "(o); Lloyd Dobbs (p); Humber Coast and Vale Health and Care Partnership (o); Gail Teasdale (p); "
        "The University of Hull (o); Catriona Jones (p); Chilypep (o); Laura Abott (p); Aidan Mascarenhas-Keyes (p); "
        "Elizabeth Veeren (p contr.); Gary Blake (p contr.); Shupi Chiwanza (p contr.); Nchimunya Ng’andu (p contr.)"
    ),
    "Linda R. Tropp, PhD and Trisha A. Dehrone, MS": "Linda R. Tropp (p); Trisha A. Dehrone (p)",
    "Ella Saltmarshe": "Ella Saltmarshe (p)",
    "Greater London Authority": "Greater London Authority (o)",
    "Laura Malacart": "Laura Malacart (p)",
    "Near Neighbours and the Inter Faith Network": "Near Neighbours (o); Inter Faith Network (o)",
    "The Commission on Religion and Belief in British Public Life": (
        "The Commission on Religion and Belief in British Public Life (o)"
    ),
    "Jo Broadwood et al": "Jo Broadwood (p)",
    "Edited by David Goodhart": "David Goodhart (p ed.)",
}

FURTHER_LINES = {
    "Professor Sir John Hills": "Sir John Hills (p)",
    "Prof. Ted Cantle CBE": "Ted Cantle (p)",
    "Rt Hon Baroness Casey of Blackstock DBE CB": "Baroness Casey of Blackstock (p)",
    "The Rt Hon Sadiq Khan": "Sadiq Khan (p)",
    "Danny Kruger MP": "Danny Kruger (p)",
    "Jane Smith BA (Hons), MSc, PhD": "Jane Smith (p)",
    "Dr. Sarah Jones and Prof Tom O’Brien": "Sarah Jones (p); Tom O’Brien (p)",
    "Martin Luther King, Jr. and Coretta Scott King": "Martin Luther King, Jr. (p); Coretta Scott King (p)",
    "Vincent van Gogh, Ludwig von der Leyen": "Vincent van Gogh (p); Ludwig von der Leyen (p)",
    "J.K. Rowling and R. H. Tawney": "J.K. Rowling (p); R. H. Tawney (p)",
    "Jean-Luc d’Arc, Aoife Ní Bhriain": "Jean-Luc d’Arc (p); Aoife Ní Bhriain (p)",
    "Иван Петров, Анна Иванова": "Иван Петров (p); Анна Иванова (p)",
    "Smith, J., Doe, A. B. and Roe, C.": "Smith, J. (p); Doe, A. B. (p); Roe, C. (p)",
    "Smith, John; Doe, Jane; Runnymede Trust": "Smith, John (p); Doe, Jane (p); Runnymede Trust (o)",
    "Jane Smith, John Doe and others": "Jane Smith (p); John Doe (p)",
    "Jane Smith and John Doe (eds)": "Jane Smith (p ed.); John Doe (p ed.)",
    "Jane Smith (Ed.) and John Doe": "Jane Smith (Ed.) and John Doe (u)",
    "Editors: Jane Smith, John Doe": "Jane Smith (p ed.); John Doe (p ed.)",
    "Written by Jane Smith. Edited by John Doe": "Jane Smith (p); John Doe (p ed.)",
    "Edited by Jane Smith, with a foreword by Lord Bhikhu Parekh": "Jane Smith (p ed.); Lord Bhikhu Parekh (p contr.)",
    "Jane Smith with John Doe": "Jane Smith (p); John Doe (p contr.)",
    "Jane Smith for the Runnymede Trust": "Jane Smith (p); Runnymede Trust (o)",
    "Jane Smith, University of Kent; John Doe, University of Hull": (
        "Jane Smith (p); University of Kent (o); John Doe (p); University of Hull (o)"
    ),
    "Jon Burnett and Don Flynn, Migrants’ Rights Network": (
        "Jon Burnett (p); Don Flynn (p); Migrants’ Rights Network (o)"
    ),
    "Sarah Smith and the Runnymede Trust": "Sarah Smith (p); Runnymede Trust (o)",
    "Joseph Rowntree Foundation and Runnymede Trust": "Joseph Rowntree Foundation (o); Runnymede Trust (o)",
    "University of Kent and University of Sheffield": "University of Kent (o); University of Sheffield (o)",
    "DCLG, Home Office and DfES": "DCLG (o); Home Office (o); DfES (o)",
    "Institute for Community Studies / The Young Foundation": (
        "Institute for Community Studies (o); The Young Foundation (o)"
    ),
    # Not safe, so they stay whole.
    "Ministry of Housing, Communities & Local Government (MHCLG)": (
        "Ministry of Housing, Communities & Local Government (MHCLG) (o)"
    ),
    "Department for Communities and Local Government (DCLG)": (
        "Department for Communities and Local Government (DCLG) (o)"
    ),
    "Department for Digital, Culture, Media and Sport": "Department for Digital, Culture, Media and Sport (o)",
    "School of Law, University of Kent": "School of Law, University of Kent (o)",
    "William and Flora Hewlett Foundation": "William and Flora Hewlett Foundation (o)",
    "Victoria and Albert Museum": "Victoria and Albert Museum (o)",
    "Esmée Fairbairn, Paul Hamlyn and Tudor Trust": "Esmée Fairbairn, Paul Hamlyn and Tudor Trust (u)",
    "Robert Smith and Thomas Jones Trust": "Robert Smith and Thomas Jones Trust (u)",
    "Lloyds Bank and Jane Smith": "Lloyds Bank and Jane Smith (u)",
    "Talk for a Change and International Alert": "Talk for a Change and International Alert (o)",
    "Roatcap, Adela Spindler": "Roatcap, Adela Spindler (u)",
    "Marks and Spencer": "Marks and Spencer (u)",
    "John and Jane Smith": "John and Jane Smith (u)",
    "Shelter, Mind and Oxfam": "Shelter, Mind and Oxfam (u)",
    "British Future, Sunder Katwala": "British Future, Sunder Katwala (u)",
    "Report by Jane Smith": "Report by Jane Smith (u)",
    "Jane Smith for Brown and Co": "Jane Smith for Brown and Co (u)",
    "Jane Smith at Oxford": "Jane Smith at Oxford (u)",
    "Matthew Goodwin (Chatham House) and Rob Ford": "Matthew Goodwin (Chatham House) and Rob Ford (u)",
    # Single names.
    "British Future": "British Future (u)",
    "Mayor of London": "Mayor of London (u)",
    "Ms Foundation for Women": "Ms Foundation for Women (o)",
    "Dr Barnardo’s": "Dr Barnardo’s (u)",
    "AC/DC": "AC/DC (o)",
    "习近平": "习近平 (u)",
    "  Jane \t Smith \n": "Jane Smith (p)",
    # Nothing in them.
    "": "",
    " , ( ": "",
}


@pytest.mark.parametrize(("line", "names"), [*SAMPLE_LINES.items(), *FURTHER_LINES.items()])
def test_author_line_is_split_where_that_is_safe(line: str, names: str) -> None:
    assert shown(line) == names


def test_every_author_line_of_the_sample_is_in_the_table() -> None:
    records = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    assert {record["author"] for record in records if record["author"]} == SAMPLE_LINES.keys()


def test_line_is_kept_as_printed() -> None:
    assert split_statement("Edited  by\nOmar Khan, PhD").printed == "Edited by Omar Khan, PhD"


def test_name_that_comes_twice_is_listed_once() -> None:
    assert shown("Jane Smith, John Doe and Jane SMITH, edited by Jane Smith").count("Jane Smith (") == 1


WORDS = st.sampled_from(
    "Jane Smith Doe J. and & , , ; | / ( ) by with for the The of Trust University PhD Dr Dame et al. eds Edited"
    " edited with contributions from Jr. UNHCR iCoCo Network van de".split()
)
LINES = st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=200)


@given(LINES)
def test_any_line_gives_names_that_are_parts_of_it(line: str) -> None:
    statement = split_statement(line)
    for name in statement.names:
        assert name.name in statement.printed
        assert name.name == name.name.strip() != ""
    assert len({name.name for name in statement.names}) == len(statement.names)
    has_letters = any(character.isalnum() for character in line)
    assert has_letters or not statement.names


@given(st.text(max_size=200))
def test_any_list_entry_and_publisher_is_read(text: str) -> None:
    name = listed_name(text)
    assert name is None or name.name in " ".join(text.split())
    assert all(publisher in " ".join(text.split()) for publisher in split_publishers(text))


def test_longest_line_is_split() -> None:
    line = ", ".join(f"Jane Smi{'th' * (at % 7)} Doe{'e' * (at // 7)}" for at in range(200))
    assert len(split_statement(line).names) == 200


def test_line_longer_than_a_statement_may_be_has_no_names() -> None:
    assert split_statement("Jane Smith, " * 1_000).names == ()


@pytest.mark.parametrize(
    ("entry", "name", "kind"),
    [
        ("Roatcap, Adela Spindler", "Roatcap, Adela Spindler", AgentKind.PERSON),
        ("Perlis, A. J.", "Perlis, A. J.", AgentKind.PERSON),
        ("Smith, Jane, 1950-", "Smith, Jane, 1950-", AgentKind.PERSON),
        ("Dr Jane Smith, PhD", "Jane Smith", AgentKind.PERSON),
        ("and Timoteo Carletti", "Timoteo Carletti", AgentKind.PERSON),
        ("Barry R Chiswick", "Barry R Chiswick", AgentKind.PERSON),
        ("Jin (Ginger) Wu", "Jin (Ginger) Wu", AgentKind.PERSON),
        ("Mai ElSherief", "Mai ElSherief", AgentKind.PERSON),
        ("Association for Literary and Linguistic Computing", None, AgentKind.ORGANISATION),
        ("University of California, Berkeley", None, AgentKind.ORGANISATION),
        ("National Research Council (U.S.)", None, AgentKind.ORGANISATION),
        ("Geneva (Switzerland)", None, AgentKind.UNKNOWN),
        ("Comic Relief", None, AgentKind.UNKNOWN),
        ("Plato", None, AgentKind.UNKNOWN),
    ],
)
def test_list_entry_is_one_name(entry: str, name: str | None, kind: AgentKind) -> None:
    found = listed_name(entry)
    assert found is not None
    assert (found.name, found.kind) == (name or entry, kind)


def test_list_entry_without_letters_is_none() -> None:
    assert listed_name(" . ") is None


@pytest.mark.parametrize(
    ("line", "publishers"),
    [
        ("iCoCo Foundation/SchoolDash/The Challenge", ("iCoCo Foundation", "SchoolDash", "The Challenge")),
        ("Near Neighbours and the Inter Faith Network", ("Near Neighbours", "Inter Faith Network")),
        ("The Woolf Institute, University of Cambridge", ("The Woolf Institute, University of Cambridge",)),
        ("Talk for a Change and International Alert", ("Talk for a Change and International Alert",)),
        ("Gill and Macmillan", ("Gill and Macmillan",)),
        ("EMI/Angel", ("EMI/Angel",)),
        ("MGM/UA Home Video", ("MGM/UA Home Video",)),
        ("Utrecht University (Faculty of Geosciences)", ("Utrecht University (Faculty of Geosciences)",)),
        ("", ()),
    ],
)
def test_publisher_line_is_split_where_that_is_safe(line: str, publishers: tuple[str, ...]) -> None:
    assert split_publishers(line) == publishers
