"""A writer in front of a real one that goes wrong as it is told."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from search.engine import GenerationName, IndexWriter, Operation, Outcome, Result
from search.errors import EngineError


@dataclass(slots=True)
class TroubledWriter:
    """Implements `search.engine.IndexWriter`.

    `down` generations raise their error. What `answers` gives for a document's id is answered instead of writing it;
    `before` and `after` are called around each write that goes through, with the ids, and `looked` after each look at
    which generation is active.
    """

    real: IndexWriter
    down: dict[str, EngineError] = field(default_factory=dict)
    answers: Callable[[str, str], Outcome | None] = lambda generation, id_: None
    before: Callable[[str, list[str]], None] = lambda generation, ids: None
    after: Callable[[str, list[str]], None] = lambda generation, ids: None
    looked: Callable[[], None] = lambda: None

    def write(self, generation: GenerationName, operations: Sequence[Operation]) -> Sequence[Result]:
        if generation in self.down:
            raise self.down[generation]
        instead = {o.id: outcome for o in operations if (outcome := self.answers(generation, o.id)) is not None}
        going = [o for o in operations if o.id not in instead]
        self.before(generation, [o.id for o in going])
        done = iter(self.real.write(generation, going))
        self.after(generation, [o.id for o in going])
        return [
            Result(id=o.id, outcome=instead[o.id], reason="told to") if o.id in instead else next(done)
            for o in operations
        ]

    def create(self, generation: GenerationName) -> None:
        self.real.create(generation)

    def held(self, generation: GenerationName, ids: Collection[str]) -> Mapping[str, int]:
        return self.real.held(generation, ids)

    def versions(self, generation: GenerationName) -> Iterable[tuple[str, int]]:
        return self.real.versions(generation)

    def activate(self, generation: GenerationName) -> None:
        self.real.activate(generation)

    def active(self) -> GenerationName | None:
        active = self.real.active()
        self.looked()
        return active

    def is_current(self, generation: GenerationName) -> bool:
        return self.real.is_current(generation)

    def generations(self) -> Sequence[GenerationName]:
        return self.real.generations()

    def remove(self, generation: GenerationName) -> None:
        self.real.remove(generation)

    def close(self) -> None:
        self.real.close()
