"""Dead letters: the records that the index cannot take, why, and whether they are being tried again."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from app.staff.presenters.reasons import reason_in_words
from app.staff.presenters.words import moment, sentence
from app.web.links import record_address
from catalogue.dead_letters import DeadLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """A record that an index cannot take, or none can. `raw` is the reason in the engine's own words."""

    record_id: str
    title: str
    address: str
    version: str
    where: str
    since: str
    reason: str
    raw: str
    is_waiting: bool


def present_letters(letters: Sequence[DeadLetter], waiting: Set[str]) -> tuple[LetterView, ...]:
    """The letters in their order; `waiting` are the records that are pending."""
    return tuple(
        LetterView(
            record_id=letter.record_id,
            title=letter.title,
            address=record_address(letter.record_id),
            version=str(letter.version),
            where=f"the index {letter.generation}" if letter.generation else "every index",
            since=moment(letter.since),
            reason=sentence(reason_in_words(letter.reason)),
            raw=letter.reason or "It gave no reason.",
            is_waiting=letter.record_id in waiting,
        )
        for letter in letters
    )
