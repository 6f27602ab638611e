"""The controlled vocabularies: themes, types, and the agents behind contributors and publishers.

Ids are slugs and never change or go away: what was merged, renamed or moved leaves a redirect under its old label, so
that old links and the next import of the same file lead to what it is now. Changes by hand stand in `curation`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, TypeAlias

from sqlalchemy import Select, bindparam, event, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from catalogue.errors import NotFound
from catalogue.locks import may_add, write_beside_others
from catalogue.models import AgentRow, ConceptRow, table_of
from catalogue.record import AgentId, AgentKind, Concept, ConceptId, Vocabulary
from catalogue.slugs import fold_label, fold_name, slugs
from catalogue.validation import can_be_stored, path_labels, valid_label, valid_name

_AGENT: Final = table_of(AgentRow)
_CONCEPT: Final = table_of(ConceptRow)

# A facet's values are the concepts of a vocabulary, or agents.
_VOCABULARY_OF_FACET: Final = {"theme": Vocabulary.THEME, "type": Vocabulary.TYPE}
_AGENT_FACETS: Final = frozenset({"author", "publisher"})

# How many names go into one statement, each with its best id. SQLite takes 32,766 values.
_BATCH: Final = 1_000

# Broader concept and folded label.
_Place: TypeAlias = tuple[ConceptId | None, str]


@dataclass(slots=True)
class _Known:
    """What a session has looked up. In a write session nothing of it changes but through the session itself."""

    agents: dict[str, tuple[AgentId, AgentKind]] = field(default_factory=dict[str, tuple[AgentId, AgentKind]])
    concepts: dict[tuple[Vocabulary, _Place], ConceptId] = field(
        default_factory=dict[tuple[Vocabulary, _Place], ConceptId]
    )


def concepts(session: Session, vocabulary: Vocabulary) -> list[Concept]:
    """Every concept of a vocabulary that was not merged into another, by label."""
    rows = session.scalars(
        select(ConceptRow)
        .where(ConceptRow.vocabulary == vocabulary, ConceptRow.merged_into.is_(None))
        .order_by(ConceptRow.folded, ConceptRow.id)
    ).all()
    return list(_concepts_of({row.id: row for row in rows}).values())


def concepts_by_id(session: Session, vocabulary: Vocabulary, ids: Iterable[str]) -> dict[str, Concept]:
    """The concepts with these ids and all that are broader, by id. Unknown ids are left out. A query for each level."""
    rows: dict[str, ConceptRow] = {}
    missing = set(ids)
    while missing:
        found = session.scalars(
            select(ConceptRow).where(ConceptRow.vocabulary == vocabulary, ConceptRow.id.in_(sorted(missing)))
        ).all()
        rows.update((row.id, row) for row in found)
        missing = {row.broader_id for row in found if row.broader_id is not None} - rows.keys()
    return _concepts_of(rows)


def concept(session: Session, vocabulary: Vocabulary, concept_id: str) -> Concept:
    """The concept with an id, or what it was merged into. Raises NotFound."""
    current = ConceptId(resolve(session, vocabulary.value, concept_id))
    return concepts_by_id(session, vocabulary, [current])[current]


def labels(session: Session, facet: str, ids: Iterable[str]) -> dict[str, str]:
    """The names for people of a facet's values ("theme", "type", "author", "publisher"), by id.

    A merged id answers with the label of what it was merged into; unknown ids are left out. Raises NotFound for
    another facet.
    """
    wanted = sorted(filter(can_be_stored, set(ids)))
    if facet in _AGENT_FACETS:
        agent = aliased(AgentRow)
        label = func.coalesce(agent.name, AgentRow.name)
        statement = select(AgentRow.id, label).join(agent, agent.id == AgentRow.merged_into, isouter=True)
        return _pairs(session, statement.where(AgentRow.id.in_(wanted)))
    target = aliased(ConceptRow)
    same = (target.vocabulary == ConceptRow.vocabulary) & (target.id == ConceptRow.merged_into)
    statement = (
        select(ConceptRow.id, func.coalesce(target.label, ConceptRow.label))
        .join(target, same, isouter=True)
        .where(ConceptRow.vocabulary == _vocabulary(facet), ConceptRow.id.in_(wanted))
    )
    return _pairs(session, statement)


def resolve(session: Session, facet: str, value: str) -> str:
    """The id that stands for a facet's value now: itself, or what it was merged into. Raises NotFound."""
    if facet in _AGENT_FACETS:
        statement = select(func.coalesce(AgentRow.merged_into, AgentRow.id)).where(AgentRow.id == value)
    else:
        statement = select(func.coalesce(ConceptRow.merged_into, ConceptRow.id)).where(
            ConceptRow.vocabulary == _vocabulary(facet), ConceptRow.id == value
        )
    current = session.scalar(statement) if can_be_stored(value) else None
    if current is None:
        raise NotFound(f"No {facet} has the id {value!r}")
    return current


def ensure_concept(session: Session, vocabulary: Vocabulary, path_label: str) -> ConceptId:
    """The id of the concept at a path such as "Education > Schools", made where it is missing.

    Labels are compared without case and accents. Raises Invalid for a label that cannot be one.
    """
    known = _known(session).concepts
    current: ConceptId | None = None
    for label in path_labels(path_label):
        place = (current, fold_label(label))
        current = known.get((vocabulary, place))
        if current is None:
            valid = valid_label(vocabulary, label)
            write_beside_others(session)
            current = _find_concept(session, vocabulary, place)
            if current is None and not may_add(session):
                current = _find_concept(session, vocabulary, place)
            current = current or _add_concept(session, vocabulary, place, valid)
            known[vocabulary, place] = current
    assert current is not None
    return current


def concept_called(session: Session, vocabulary: Vocabulary, text: str) -> Concept | None:
    """The concept at a path such as "Education > Schools", or the only one with a label wherever it is.

    None where there is none, or several have the label. What was merged or renamed is found by its old label.
    """
    if not can_be_stored(text):
        return None
    current: ConceptId | None = None
    for label in path_labels(text):
        current = _find_concept(session, vocabulary, (current, fold_label(label)))
        if current is None:
            break
    if current is None:
        named = select(func.coalesce(ConceptRow.merged_into, ConceptRow.id)).distinct()
        here = (ConceptRow.vocabulary == vocabulary) & (ConceptRow.folded == fold_label(text))
        found = session.scalars(named.where(here).limit(2)).all()
        current = ConceptId(found[0]) if len(found) == 1 else None
    return None if current is None else concepts_by_id(session, vocabulary, [current])[current]


def ensure_agent(session: Session, name: str, kind: AgentKind = AgentKind.UNKNOWN) -> AgentId:
    """The id of the person or organisation with a name, made where it is missing.

    Names are compared by their folded words. A kind that is known replaces an unknown one; that raises no record's
    version, as no index holds the kind. Raises Invalid for a name that cannot be one.
    """
    return ensure_agents(session, [(name, kind)])[0]


def ensure_agents(session: Session, names: Sequence[tuple[str, AgentKind]]) -> list[AgentId]:
    """As `ensure_agent` for several names, in their order, in few queries."""
    known = _known(session).agents
    valid = [(valid_name("name", name), kind) for name, kind in names]
    keyed = [(fold_name(name), name, kind) for name, kind in valid]
    # Backwards, so that the first way in which a name is written is the one that is kept.
    if missing := {key: (name, kind) for key, name, kind in reversed(keyed) if key not in known}:
        write_beside_others(session)
        names_left = reversed(missing.items())
        while some := dict(islice(names_left, _BATCH)):
            known.update(_look_up_or_add(session, some))
    improved: dict[AgentId, AgentKind] = {}
    for key, _, kind in keyed:
        agent_id, present = known[key]
        if kind is not AgentKind.UNKNOWN and present is AgentKind.UNKNOWN:
            known[key] = (agent_id, kind)
            improved[agent_id] = kind
    if improved:
        # In an order that all writers have, so that no two of them wait for each other.
        session.connection().execute(
            _IMPROVE_KIND, [{"improved": agent_id, "known_kind": kind} for agent_id, kind in sorted(improved.items())]
        )
    return [known[key][0] for key, _, _ in keyed]


def free_concept_id(session: Session, vocabulary: Vocabulary, label: str) -> ConceptId:
    """The best id for a label that no concept of the vocabulary has, merged ones included."""
    for slug in slugs(label):
        if session.scalar(_CONCEPT_ID, {"vocabulary": vocabulary, "wanted": slug}) is None:
            return ConceptId(slug)
    raise AssertionError("slugs are without end")


def free_agent_id(session: Session, name: str, *, taken: Iterable[str] = ()) -> AgentId:
    """The best id for a name that no agent has, merged ones included, and that is not taken otherwise."""
    reserved = frozenset(taken)
    for slug in slugs(name):
        if slug not in reserved and session.scalar(_AGENT_ID, {"wanted": slug}) is None:
            return AgentId(slug)
    raise AssertionError("slugs are without end")


def forget_lookups(session: Session) -> None:
    """Make the session look everything up again, after a vocabulary was changed by hand."""
    session.info.pop(_KNOWN, None)


_KNOWN: Final = "vocabulary lookups"

_CONCEPT_ID: Final = select(_CONCEPT.c.id).where(
    _CONCEPT.c.vocabulary == bindparam("vocabulary"), _CONCEPT.c.id == bindparam("wanted")
)
_AGENT_ID: Final = select(_AGENT.c.id).where(_AGENT.c.id == bindparam("wanted"))

_CONCEPT_AT_PLACE: Final = select(_CONCEPT.c.id, _CONCEPT.c.merged_into).where(
    _CONCEPT.c.vocabulary == bindparam("vocabulary"),
    func.coalesce(_CONCEPT.c.broader_id, "") == bindparam("broader"),
    _CONCEPT.c.folded == bindparam("folded"),
)
_AGENTS: Final = select(_AGENT.c.id, _AGENT.c.folded, _AGENT.c.kind, _AGENT.c.merged_into).where(
    _AGENT.c.folded.in_(bindparam("folded", expanding=True)) | _AGENT.c.id.in_(bindparam("slugs", expanding=True))
)
_ADD_AGENTS: Final = insert(_AGENT)
_IMPROVE_KIND: Final = (
    update(_AGENT)
    .where(_AGENT.c.id == bindparam("improved"), _AGENT.c.kind == AgentKind.UNKNOWN)
    .values(kind=bindparam("known_kind"))
)


def _known(session: Session) -> _Known:
    known = session.info.get(_KNOWN)
    if not isinstance(known, _Known):
        known = session.info[_KNOWN] = _Known()
        if not event.contains(session, "after_soft_rollback", _forget_rolled_back):
            event.listen(session, "after_soft_rollback", _forget_rolled_back)
    return known


def _forget_rolled_back(session: Session, _previous: object) -> None:
    forget_lookups(session)


def _vocabulary(facet: str) -> Vocabulary:
    if facet not in _VOCABULARY_OF_FACET:
        raise NotFound(f"No vocabulary belongs to the facet {facet!r}")
    return _VOCABULARY_OF_FACET[facet]


def _concepts_of(rows: dict[str, ConceptRow]) -> dict[str, Concept]:
    """Values for rows that are complete upwards. Each concept is built once."""
    built: dict[str, Concept] = {}

    def build(row: ConceptRow) -> Concept:
        if row.id not in built:
            broader = () if row.broader_id is None else _with_broader(build(rows[row.broader_id]))
            built[row.id] = Concept(
                id=ConceptId(row.id), vocabulary=Vocabulary(row.vocabulary), label=row.label, broader=broader
            )
        return built[row.id]

    return {row.id: build(row) for row in rows.values()}


def _with_broader(concept: Concept) -> tuple[Concept, ...]:
    return (concept, *concept.broader)


def _pairs(session: Session, statement: Select[str, str]) -> dict[str, str]:
    return {key: value for key, value in session.execute(statement)}  # noqa: C416 - a row is no pair to the type checker


def _find_concept(session: Session, vocabulary: Vocabulary, place: _Place) -> ConceptId | None:
    broader, folded = place
    values = {"vocabulary": vocabulary, "broader": broader or "", "folded": folded}
    row = session.execute(_CONCEPT_AT_PLACE, values).one_or_none()
    return None if row is None else ConceptId(row.merged_into or row.id)


def _add_concept(session: Session, vocabulary: Vocabulary, place: _Place, label: str) -> ConceptId:
    broader, folded = place
    concept_id = free_concept_id(session, vocabulary, label)
    values = {"vocabulary": vocabulary, "id": concept_id, "label": label, "folded": folded, "broader_id": broader}
    session.execute(insert(_CONCEPT), values)
    return concept_id


def _look_up_or_add(
    session: Session, names: Mapping[str, tuple[str, AgentKind]]
) -> dict[str, tuple[AgentId, AgentKind]]:
    """Ids and kinds by folded name."""
    best = {key: next(slugs(name)) for key, (name, _) in names.items()}
    found, taken = _look_up(session, best)
    if found.keys() != names.keys() and not may_add(session):
        found, taken = _look_up(session, best)
    added: dict[str, tuple[AgentId, AgentKind]] = {}
    for key, (name, kind) in names.items():
        if key in found:
            continue
        agent_id = free_agent_id(session, name, taken=taken) if best[key] in taken else AgentId(best[key])
        taken.add(agent_id)
        added[key] = (agent_id, kind)
    if added:
        values = [
            {"id": agent_id, "name": names[key][0], "kind": kind, "folded": key}
            for key, (agent_id, kind) in added.items()
        ]
        session.connection().execute(_ADD_AGENTS, values)
    return found | added


def _look_up(session: Session, best: Mapping[str, str]) -> tuple[dict[str, tuple[AgentId, AgentKind]], set[str]]:
    """The agents that have the folded names, in one query with those that have the best ids for them: all their ids."""
    rows = session.connection().execute(_AGENTS, {"folded": list(best), "slugs": list(best.values())}).all()
    found = {
        # Of what a name was merged into the kind is not read here: as good as unknown.
        row.folded: (AgentId(row.merged_into), AgentKind.UNKNOWN)
        if row.merged_into
        else (AgentId(row.id), AgentKind(row.kind))
        for row in rows
        if row.folded in best
    }
    return found, {row.id for row in rows}
