"""The ways from one page of a long list to the others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from search.request import MAX_RESULT_WINDOW

# How many pages are named on each side of the present one.
_NEAR: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A page to go to. With an empty address, a gap in the numbers."""

    text: str
    address: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The page before, the page after, and pages by number."""

    before: str | None
    after: str | None
    steps: tuple[Step, ...]
    page: int
    last: int


def last_page(total: int, size: int) -> int:
    """The number of the last page that can be had, at least 1: an engine ranks no more than a window of results."""
    return max(1, -(-min(total, MAX_RESULT_WINDOW) // size))


def present_paging(page: int, last: int, address_of: Callable[[int], str]) -> Paging | None:
    """The first, the last and the near pages, with gaps between; None where there is one page only."""
    if last == 1 or page > last:
        return None
    near = range(max(2, page - _NEAR), min(last - 1, page + _NEAR) + 1)
    steps: list[Step] = []
    before = 0
    for number in (1, *near, last):
        if number == before + 2:  # a gap of one page is that page
            steps.append(Step(text=str(number - 1), address=address_of(number - 1)))
        elif number > before + 2:
            steps.append(Step(text="…", address=""))
        steps.append(Step(text=str(number), address=address_of(number), current=number == page))
        before = number
    return Paging(
        before=address_of(page - 1) if page > 1 else None,
        after=address_of(page + 1) if page < last else None,
        steps=tuple(steps),
        page=page,
        last=last,
    )
