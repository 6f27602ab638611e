"""`belong search`."""

import json
from typing import TYPE_CHECKING

import click

from app.cli.frame import as_json_too, fail, opened_services

if TYPE_CHECKING:
    from search.request import Query


@click.command()
@click.argument("words", nargs=-1)
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True, help="How many results.")
@as_json_too
def search(words: tuple[str, ...], *, size: int, as_json: bool) -> None:
    """Search the library for WORDS, in the query language of the pages; without words, everything.

    Put -- before words that begin with a minus. Exit status: 0, also where nothing is found; 2 where search is not
    possible.
    """
    from app.api.bodies import search_body
    from search.errors import IndexMissing
    from search.request import SearchRequest

    query = _read_words(words)
    with opened_services() as services:
        try:
            page = services.discovery.search(SearchRequest(query=query, size=size))
        except IndexMissing as e:
            fail(f"{e}: belong reindex makes one, and so does belong serve")
    if as_json:
        click.echo(json.dumps(search_body(page), ensure_ascii=False, indent=2))
        return
    if page.found_as_asked is not None:
        click.echo("These resources have some of the words only, the best first:")
    for hit in page.hits:
        byline = hit.shown.responsibility or ", ".join(c.label for c in hit.shown.contributors)
        click.echo(f"{hit.shown.title}\n    {' · '.join(filter(None, [byline, hit.shown.date, hit.id]))}")
    click.echo(f"{page.total:,} {'resource' if page.total == 1 else 'resources'}")
    if page.suggestion is not None:
        click.echo(f"Did you mean {page.suggestion.text}? ({page.suggestion.total:,})")


def _read_words(words: tuple[str, ...]) -> "Query":
    from search.language.policy import MAX_QUERY_LENGTH
    from search.language.reader import read_query

    text = " ".join(words)
    if len(text) > MAX_QUERY_LENGTH:
        fail(f"The query has {len(text):,} characters, but can have {MAX_QUERY_LENGTH:,} at most")
    try:
        text.encode()
    except UnicodeEncodeError:
        fail("The query is not text in UTF-8")
    return read_query(text)
