"""What an import says that it did."""

from catalogue.intake.report import ImportReport, render


def said(**ignored: int) -> list[str]:
    report = render(ImportReport(file="records.csv", added=3, ignored_fields=ignored))
    return report.partition("were left out: ")[2].splitlines()


def test_names_that_mean_nothing_are_told_with_what_may_be_meant() -> None:
    assert said(publishd=3) == ["publishd (3)", "  'publishd': is it meant for 'published'?"]


def test_where_nothing_like_it_is_known_all_names_are_told() -> None:
    first, slip, known = said(colour=3, autor=2)
    assert (first, slip) == ("colour (3), autor (2)", "  'autor': is it meant for 'author'?")
    assert known.startswith("  There are: id, title, responsibility, date, ")
