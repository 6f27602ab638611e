"""The page of the index: which one is in use, which one can be gone back to, and what is done to them."""

from dataclasses import dataclass

from app.durations import duration
from app.staff.index_state import IndexState
from app.staff.presenters.runs import RunView, present_run
from app.staff.presenters.words import moment, records
from catalogue.generations import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexView:
    """What the page shows. `run` is under way, or else `last` has ended; `seen` is what a form sends back.

    `last_rebuild` says how long one took that was done.
    """

    in_use: str | None
    in_use_since: str | None
    kept: str | None
    kept_until: str | None
    kept_told: str
    can_go_back: bool
    run: RunView | None
    last: RunView | None
    last_rebuild: str | None
    seen: int
    live: bool
    said: str


def present_index(state: IndexState) -> IndexView:
    """The page from the state of the index."""
    active, kept = state.active, state.kept
    moving, last = state.moving, state.last_move
    run = present_run(moving, state.at) if moving is not None else None
    ended = present_run(last, state.at) if last is not None and last.is_ended else None
    shown = run or ended
    return IndexView(
        in_use=active.name if active is not None else None,
        in_use_since=_activated(active),
        kept=kept.name if kept is not None else None,
        kept_until=moment(kept.keep_until) if kept is not None and kept.keep_until is not None else None,
        kept_told=state.no_way_back or "It has every change that was made since, so that going back loses nothing.",
        can_go_back=state.no_way_back is None and moving is None,
        run=run,
        last=ended,
        last_rebuild=_how_long(state),
        seen=state.seen,
        live=run is not None,
        said=shown.said if shown is not None else "",
    )


def _how_long(state: IndexState) -> str | None:
    done = state.rebuilt
    if done is None or done.finished_at is None:
        return None
    took = duration((done.finished_at - done.requested_at).total_seconds())
    return f"The last one took {took} for {records(done.done)}."


def _activated(generation: Generation | None) -> str | None:
    if generation is None or generation.activated_at is None:
        return None
    return moment(generation.activated_at)
