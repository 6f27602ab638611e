"""What is typed, and how it is read."""

import pytest

from search.language.reader import read_query
from search.language.tree import All, Everything, Node, Not, Phrase, Prefix, Some, Word, Years


def word(text: str, field: str | None = None, times: int = 1) -> Word:
    return Word(text=text, field=field, times=times)


def bag(*operands: Node, required: int | None = None) -> Some:
    return Some(operands=operands, required=len(operands) if required is None else required)


def either(*operands: Node) -> Some:
    return Some(operands=operands, required=1)


def every(*operands: Node) -> All:
    return All(operands=operands)


def but(operand: Node) -> Not:
    return Not(operand=operand)


def phrase(*words: str, field: str | None = None) -> Phrase:
    return Phrase(words=words, field=field)


SOCIAL, COHESION, LONDON = word("social"), word("cohesion"), word("london")

TREES = {
    "one word": ("cohesion", COHESION),
    "words": ("social cohesion", bag(SOCIAL, COHESION)),
    "phrase": ('"social cohesion"', phrase("social", "cohesion")),
    "curly quotes": ("“social cohesion”", phrase("social", "cohesion")),
    "low quotes": ("„social cohesion“", phrase("social", "cohesion")),
    "angle quotes": ("«social cohesion»", phrase("social", "cohesion")),
    "phrase of one word": ('"cohesion"', COHESION),
    "phrase keeps stop words": ('"state of the art"', phrase("state", "of", "the", "art")),
    "phrase keeps what follows an apostrophe": ('"Britain’s future"', phrase("Britain", "s", "future")),
    "and": ("social AND cohesion", every(SOCIAL, COHESION)),
    "or": ("social OR cohesion", either(SOCIAL, COHESION)),
    "or of three": ("social OR cohesion OR london", either(SOCIAL, COHESION, LONDON)),
    "or in or": ("social OR (cohesion OR london)", either(SOCIAL, COHESION, LONDON)),
    "and before or": ("social AND cohesion OR london", either(every(SOCIAL, COHESION), LONDON)),
    "words before and": ("social cohesion AND london", every(bag(SOCIAL, COHESION), LONDON)),
    "words before or": ("social cohesion OR london", either(bag(SOCIAL, COHESION), LONDON)),
    "parentheses": ("social AND (cohesion OR london)", every(SOCIAL, either(COHESION, LONDON))),
    "group among words": ("social (cohesion OR london)", bag(SOCIAL, either(COHESION, LONDON))),
    "small operators are words": ("social and cohesion or london", bag(SOCIAL, COHESION, LONDON)),
    "operator in quotes is a word": ('social "AND" cohesion', bag(SOCIAL, word("AND"), COHESION)),
    "minus": ("social -london", every(SOCIAL, but(LONDON))),
    "typographic minus": ("social −london", every(SOCIAL, but(LONDON))),
    "en dash as minus": ("social –london", every(SOCIAL, but(LONDON))),
    "dash between spaces": ("social – london", bag(SOCIAL, LONDON)),
    "em dash": ("social —london", bag(SOCIAL, LONDON)),
    "two minuses": ("social --london", bag(SOCIAL, LONDON)),
    "not": ("social NOT london", every(SOCIAL, but(LONDON))),
    "and not": ("social AND NOT london", every(SOCIAL, but(LONDON))),
    "minus phrase": ('social -"mixed areas"', every(SOCIAL, but(phrase("mixed", "areas")))),
    "minus group": ("social -(cohesion OR london)", every(SOCIAL, but(either(COHESION, LONDON)))),
    "minus field": ("social -title:london", every(SOCIAL, but(word("london", "title")))),
    "minus first": ("-london social cohesion", every(bag(SOCIAL, COHESION), but(LONDON))),
    "minus word with hyphen": ("social -well-being", every(SOCIAL, but(phrase("well", "being")))),
    "minus in a group": ("(-london) social", every(SOCIAL, but(LONDON))),
    "only minus": ("-london", every(Everything(), but(LONDON))),
    "or not": ("social OR -london", either(SOCIAL, every(Everything(), but(LONDON)))),
    "not twice": ("NOT NOT social", SOCIAL),
    "not of minus": ("NOT -social", SOCIAL),
    "minus in minus": ("-(-social)", SOCIAL),
    "minus of either minus": ("-(-social OR -social)", SOCIAL),
    "minus thrice": ("-(-(-social -london))", every(Everything(), but(SOCIAL), but(LONDON))),
    "minus before and": ("-london AND social", every(SOCIAL, but(LONDON))),
    "minus before year": ("-london year:2016", every(Years(first=2016, last=2016), but(LONDON))),
    "prefix": ("integrat*", Prefix(text="integrat")),
    "prefix after a hyphen": ("well-be*", bag(word("well"), Prefix(text="be"))),
    "short prefix": ("x*", word("x")),
    "star inside": ("wom*n", bag(word("wom"), word("n"))),
    "star in front": ("*ing", word("ing")),
    "field": ("title:cohesion", word("cohesion", "title")),
    "field in capitals": ("TITLE:cohesion", word("cohesion", "title")),
    "field with space": ("author: Putnam", word("Putnam", "contributors")),
    "editor": ("editor:Putnam", word("Putnam", "contributors")),
    "by": ("by:Putnam", word("Putnam", "contributors")),
    "field and phrase": ('title:"social cohesion"', phrase("social", "cohesion", field="title")),
    "field and prefix": ("theme:integrat*", Prefix(text="integrat", field="themes")),
    "field and group": ("title:(social cohesion)", bag(word("social", "title"), word("cohesion", "title"))),
    "field and or": ("title:(social OR cohesion)", either(word("social", "title"), word("cohesion", "title"))),
    "field in field": ("title:(social by:Putnam)", bag(word("social", "title"), word("Putnam", "contributors"))),
    "field and hyphen": ("title:foo/bar", bag(word("foo", "title"), word("bar", "title"))),
    "field and stop word": ("title:the", word("the", "title")),
    "field and capital operator": ("title:NOT", word("NOT", "title")),
    "field without value": ("social title:", bag(SOCIAL, word("title"))),
    "field before operator": ("title: AND social", every(word("title"), SOCIAL)),
    "field with two colons": ("title::social", bag(word("title"), SOCIAL)),
    "unknown field": ("foo:social", bag(word("foo"), SOCIAL)),
    "name from another alphabet": ("abſtract:social", bag(word("abſtract"), SOCIAL)),
    "doi": ("doi:10.1017/S0020", phrase("10", "1017", "S0020", field="identifiers")),
    "address of a doi": ("https://doi.org/10.1017/S0020", phrase("10", "1017", "S0020", field="identifiers")),
    "field and address of a doi": ("doi:http://dx.doi.org/10.1/a", phrase("10", "1", "a", field="identifiers")),
    "isbn": ("isbn:978-1-4473", phrase("978", "1", "4473", field="identifiers")),
    "year": ("year:2016", Years(first=2016, last=2016)),
    "years": ("year:2016..2018", Years(first=2016, last=2018)),
    "years with hyphen": ("year:2016-2018", Years(first=2016, last=2018)),
    "years with dash": ("year:2016–2018", Years(first=2016, last=2018)),
    "years from": ("year:2016..", Years(first=2016, last=None)),
    "years to": ("year:..2018", Years(first=None, last=2018)),
    "years backwards": ("year:2018..2016", Years(first=2016, last=2018)),
    "year with space": ("Year: 2016", Years(first=2016, last=2016)),
    "year with comma": ("year:2016, social", every(SOCIAL, Years(first=2016, last=2016))),
    "year is required": ("year:2016 social cohesion", every(bag(SOCIAL, COHESION), Years(first=2016, last=2016))),
    "not that year": ("social -year:2016", every(SOCIAL, but(Years(first=2016, last=2016)))),
    "either year": ("year:2016 OR year:2018", either(Years(first=2016, last=2016), Years(first=2018, last=2018))),
    "short year": ("year:16", bag(word("year"), word("16"))),
    "hyphen and slash": ("well-being/health", bag(word("well"), word("being"), word("health"))),
    "apostrophe": ("O'Brien", phrase("O", "Brien")),
    "curly apostrophe": ("O’Brien’s", phrase("O", "Brien")),
    "possessive": ("Britain's", word("Britain")),
    "don't": ("don't", word("don")),
    "dots": ("U.S.", phrase("U", "S")),
    "number with a dot": ("3.14", phrase("3", "14")),
    "soft hyphen": ("co\u00adhesion", phrase("co", "hesion")),
    "Chinese": ("社会融合", phrase("社", "会", "融", "合")),
    "one Chinese character": ("人", word("人")),
    "Hebrew": ("לכידות חברתית", bag(word("לכידות"), word("חברתית"))),
    "repeated words": ("social Social cohesion", bag(word("social", times=2), COHESION)),
    "repeated only": ("social social", word("social", times=2)),
    "repeated phrase": ('"a b" "a b"', phrase("a", "b")),
    "stop words": ("the cohesion of the social", bag(COHESION, SOCIAL)),
    "only stop words": ("to be or not to be", bag(word("to", times=2), word("be", times=2), word("or"), word("not"))),
    "name in capitals": ("WHO guidance", bag(word("WHO"), word("guidance"))),
    "question": ("What is the meaning of well-being?", bag(word("meaning"), word("well"), word("being"))),
    "stop word in quotes": ('"the" cohesion', bag(word("the"), COHESION)),
    "stop word beside and": ("the AND cohesion", every(word("the"), COHESION)),
    "stop words in a field": ("title:(the state of cohesion)", bag(word("state", "title"), word("cohesion", "title"))),
    "quote not closed": ('"social cohesion', bag(SOCIAL, COHESION)),
    "second quote not closed": ('"social cohesion" "london', bag(phrase("social", "cohesion"), LONDON)),
    "parenthesis not closed": ("(social OR cohesion", either(SOCIAL, COHESION)),
    "parenthesis not opened": ("social) cohesion", bag(SOCIAL, COHESION)),
    "parentheses in quotes": ('"social (cohesion"', phrase("social", "cohesion")),
    "and at the end": ("social AND", SOCIAL),
    "or in front": ("OR social", SOCIAL),
    "not at the end": ("social NOT", SOCIAL),
    "and not at the end": ("social AND NOT", SOCIAL),
    "and or": ("social AND OR cohesion", either(SOCIAL, COHESION)),
    "and before nothing": ("social AND ()", SOCIAL),
    "double colon": ("foo::bar", bag(word("foo"), word("bar"))),
    "regular expression": ("/soc.*/", word("soc")),
    "tilde": ("x~99", bag(word("x"), word("99"))),
    "markup": ("<script>", word("script")),
    "emoji among words": ("social ❤️ cohesion", bag(SOCIAL, COHESION)),
}


@pytest.mark.parametrize(("text", "tree"), TREES.values(), ids=TREES.keys())
def test_text_is_read_as_tree(text: str, tree: Node) -> None:
    query = read_query(text)
    assert query.tree == tree
    assert read_query(query.reading).tree == tree


READINGS = {
    "words": ("social  cohesion!", "social cohesion"),
    "operators": (
        "social AND (title:cohesion OR “mixed neighbourhoods”) –london",
        'social AND (title:cohesion OR "mixed neighbourhoods") AND NOT london',
    ),
    "words and conditions": ("year:2016- -london social cohesion", "social cohesion year:2016.. -london"),
    "groups are shown": ("social cohesion OR london AND paris", "(social cohesion) OR (london AND paris)"),
    "field of a group": ("title:(social cohesion)", "title:social title:cohesion"),
    "left out stop words": ("the state of cohesion", "state cohesion"),
    "kept stop word": ('"the" state', '"the" state'),
    "only exclusion": ("NOT london", "-london"),
    "parts that belong together": ("O’Brien’s well-being", '"O Brien" well being'),
    "open years": ("year:…2018", "year:..2018"),
}


@pytest.mark.parametrize(("text", "reading"), READINGS.values(), ids=READINGS.keys())
def test_reading_says_how_text_was_read(text: str, reading: str) -> None:
    assert read_query(text).reading == reading


NOTES = {
    "quote": ('"social', "A quotation mark was not closed, so what follows it was read as words."),
    "parenthesis": ("(social", "A parenthesis without its partner was left out."),
    "depth": ("(" * 40 + "social" + ")" * 40, "Parentheses nested more than 8 deep were left out."),
    "operator": ("social AND", "AND, OR and NOT that join nothing were read as words."),
    "unknown field": ("foo:bar", "There is no field “foo”, so “foo:bar” was read as words."),
    "year": ("year:16", "After “year:” comes a year such as 2016 or a range such as 2016..2018."),
    "years backwards": ("year:2018..2016", "The years were put in order: 2016 to 2018."),
    "short prefix": ("x*", "“x*” is too short for a star, so it was read as a word."),
    "star inside": ("wom*n", "A star is read only at the end of a word."),
    "star after a phrase": ("-well-be*", "The star was left out after words that are looked for as a phrase."),
}


@pytest.mark.parametrize(("text", "note"), NOTES.values(), ids=NOTES.keys())
def test_what_is_no_syntax_is_explained(text: str, note: str) -> None:
    assert read_query(text).notes == (note,)


@pytest.mark.parametrize(
    "text",
    [
        "social cohesion",
        'social AND (title:"cohesion" OR theme:integr*) -london year:2016..2018',
        "Integration: From national rhetoric to local practice",
        "https://belongnetwork.co.uk/library",
        "the state of the art",
    ],
)
def test_what_is_read_as_meant_needs_no_note(text: str) -> None:
    assert read_query(text).notes == ()


def test_a_note_is_given_once_and_there_are_few() -> None:
    query = read_query("(((( " + " ".join(f"foo{chr(97 + i % 26)}{chr(97 + i // 26)}:bar" for i in range(100)))
    assert len(query.notes) == len(set(query.notes)) == 8


def test_a_note_quotes_only_the_beginning_of_a_long_word() -> None:
    (note,) = read_query("foo:" + "x" * 3000).notes
    assert len(note) < 200


EXACT_TITLES = {
    "words": ("Social Cohesion", "social cohesion"),
    "colon": ("Integration: From national rhetoric", "integration from national rhetoric"),
    "dash": ("Belonging – a Review", "belonging a review"),
    "quotes": ("“Mixed” neighbourhoods", "mixed neighbourhoods"),
    "capitals": ("HOPE AND FEAR", "hope and fear"),
    "parentheses": ("Cohesion (England)", "cohesion england"),
    "field": ("title:cohesion", None),
    "year": ("cohesion year:2016", None),
    "minus": ("cohesion -london", None),
    "no word": ("!!!", None),
}


@pytest.mark.parametrize(("text", "title"), EXACT_TITLES.values(), ids=EXACT_TITLES.keys())
def test_the_whole_text_may_be_a_title(text: str, title: str | None) -> None:
    assert read_query(text).exact_title == title


RELAXED = {
    "one word": ("social", None),
    "phrase": ('"social cohesion"', None),
    "or": ("social OR cohesion", None),
    "and": ("social AND cohesion", None),
    "everything": ("", None),
    "words": ("social cohesion", either(SOCIAL, COHESION)),
    "repeated word": ("social social cohesion", either(word("social", times=2), COHESION)),
    "exclusion stays": ("social cohesion -london", every(either(SOCIAL, COHESION), but(LONDON))),
    "excluded words stay together": ("social -(cohesion london)", None),
    "year stays": ("social cohesion year:2016", every(either(SOCIAL, COHESION), Years(first=2016, last=2016))),
    "group": ("(social cohesion) london", either(SOCIAL, COHESION, LONDON)),
    "and of words": ("social cohesion AND london", every(either(SOCIAL, COHESION), LONDON)),
}


@pytest.mark.parametrize(("text", "tree"), RELAXED.values(), ids=RELAXED.keys())
def test_the_relaxed_tree_is_satisfied_by_any_word(text: str, tree: Node | None) -> None:
    assert read_query(text).relaxed == tree
