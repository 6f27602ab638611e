"""A record for those who cite it: one line of plain text, and the elements that reference managers read.

The elements follow Google Scholar's list ("citation_title"), which Zotero reads too, and Dublin Core's ("DC.title").
"""

from app.web import wording
from app.web.links import Parameters, doi_address, outside_address
from catalogue.record import Record, Role


def plain_citation(record: Record, address: str) -> str:
    """Who (year) title. Publisher. Where: a line that can be copied; parts that are not known are left out."""
    makers = _makers(record)
    year = f"({record.date.year:04})" if record.date else "(no date)"
    title = record.title if record.title.endswith((".", "?", "!")) else f"{record.title}."
    houses = wording.listed([publisher.name for publisher in record.publishers])
    parts = [makers or houses, year, title]
    if houses and makers and houses != makers:
        parts.append(f"{houses}.")
    parts.append(doi_address(record.doi) if record.doi else outside_address(record.link) or address)
    return " ".join(part for part in parts if part)


def citation_elements(record: Record) -> Parameters:
    """Names and contents of the meta elements of a record's page."""
    date = str(record.date).replace("-", "/") if record.date else None
    found = [
        ("citation_title", record.title),
        *(("citation_author", name) for name in _names(record, Role.AUTHOR, Role.CONTRIBUTOR)),
        *(("citation_editor", name) for name in _names(record, Role.EDITOR)),
        *(("citation_publisher", publisher.name) for publisher in record.publishers),
        ("citation_publication_date", date),
        ("citation_doi", record.doi),
        ("citation_isbn", record.isbn),
        ("citation_language", record.language),
        *(("citation_keywords", theme.label) for theme in record.themes),
    ]
    return [(name, content) for name, content in [*found, *_dublin_core(record)] if content]


def _dublin_core(record: Record) -> list[tuple[str, str | None]]:
    return [
        ("DC.title", record.title),
        *(("DC.creator", name) for name in _names(record, Role.AUTHOR)),
        *(("DC.contributor", name) for name in _names(record, Role.EDITOR, Role.CONTRIBUTOR)),
        *(("DC.publisher", publisher.name) for publisher in record.publishers),
        ("DC.date", str(record.date) if record.date else None),
        ("DC.type", record.type.label if record.type else None),
        *(("DC.subject", theme.label) for theme in record.themes),
        ("DC.description", record.abstract),
        ("DC.language", record.language),
        ("DC.identifier", doi_address(record.doi) if record.doi else outside_address(record.link)),
    ]


def _makers(record: Record) -> str:
    authors = _names(record, Role.AUTHOR, Role.CONTRIBUTOR)
    if authors:
        return wording.listed(authors)
    editors = _names(record, Role.EDITOR)
    if editors:
        return f"{wording.listed(editors)} ({'ed.' if len(editors) == 1 else 'eds'})"
    return record.responsibility or ""


def _names(record: Record, *roles: Role) -> list[str]:
    return [contributor.agent.name for contributor in record.contributors if contributor.role in roles]
