"""A library of any size, made of a real one: each record from parts of several, the same ones at every run."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from catalogue.record import Agent, AgentId, Contributor, Record, RecordId

_SEED: Final = 20_161_205

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")


class GeneratedLibrary:
    """Records by number. Words, themes and years are as frequent as in the examples; there are more authors."""

    def __init__(self, examples: Sequence[Record]) -> None:
        """The examples are real records, thousands of them."""
        self._examples = examples

    def record(self, number: int, version: int = 1) -> Record:
        """One record. Another version has another abstract."""
        chance = random.Random(f"{_SEED} {number} {version}")  # noqa: S311 - makes examples, no secrets
        titled, first, second = chance.choices(self._examples, k=3)
        return replace(
            titled,
            id=RecordId(f"generated:{number:08}"),
            version=version,
            contributors=tuple(self._contributor(chance, each) for each in titled.contributors),
            abstract=_mixed(first.abstract or first.title, second.abstract or second.title),
            link=f"https://example.org/{number}",
        )

    def _contributor(self, chance: random.Random, contributor: Contributor) -> Contributor:
        """The same, or somebody with the given name of one and the family name of another."""
        if chance.random() < 0.5:
            return contributor
        others = chance.choice(self._examples).contributors
        if not others:
            return contributor
        name = f"{contributor.agent.name.split()[0]} {others[0].agent.name.split()[-1]}"
        agent = Agent(id=AgentId(re.sub(r"\W+", "-", name.lower())), name=name, kind=contributor.agent.kind)
        return replace(contributor, agent=agent)


def _mixed(first: str, second: str) -> str:
    """The first half of the sentences of one text and the second half of those of the other."""
    begin, end = _SENTENCE_END.split(first), _SENTENCE_END.split(second)
    return " ".join([*begin[: (len(begin) + 1) // 2], *end[len(end) // 2 :]])
