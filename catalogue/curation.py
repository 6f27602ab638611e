"""Changes to the vocabularies by hand: renaming, moving and merging.

Each raises the version of every record that shows what was changed, and makes it pending, in the caller's
transaction; each answers with how many records that were. What was changed leaves a redirect under its old name, so
that importing the same file again does not undo it; but a redirect never keeps a name from somebody who wants it.
Records are changed by set, not one by one; the history of each says what was done and `by` whom.

An id that was merged stands for what it was merged into. Every function raises NotFound for an unknown id.
"""

from typing import Final, TypeVar

from sqlalchemy import Select, delete, exists, false, func, select, update
from sqlalchemy.orm import Session, aliased

from catalogue import pending, snapshots
from catalogue.errors import Conflict, Invalid
from catalogue.loading import RECORD
from catalogue.locks import write_alone
from catalogue.models import AgentRow, ConceptRow, ContributionRow, RecordThemeRow, now, table_of
from catalogue.record import AgentKind, Vocabulary
from catalogue.slugs import fold_label, fold_name
from catalogue.validation import valid_label, valid_name
from catalogue.vocabularies import forget_lookups, free_agent_id, free_concept_id, resolve

_CONTRIBUTION: Final = table_of(ContributionRow)
_THEME: Final = table_of(RecordThemeRow)

_Entry = TypeVar("_Entry", ConceptRow, AgentRow)


def rename_concept(
    session: Session, vocabulary: Vocabulary, concept_id: str, label: str, *, by: str | None = None
) -> int:
    """Give a concept another label; its old one stays a redirect.

    Raises Invalid for a label that cannot be one, and Conflict where another concept beside it has the label.
    """
    label = valid_label("label", label)
    concept = _locked_concept(session, vocabulary, concept_id)
    if label == concept.label:
        return 0
    old, folded = (concept.label, concept.folded), fold_label(label)
    holder = _concept_at(session, vocabulary, concept.broader_id, folded)
    redirect = _give_way(session, holder, concept)
    concept.label, concept.folded = label, folded
    session.flush()
    if folded != old[1]:
        _leave_concept_redirect(session, concept, redirect, old, concept.broader_id)
    forget_lookups(session)
    note = f"The {vocabulary} “{old[0]}” was renamed “{label}”"
    return _raise_versions(session, showing_concept(vocabulary, concept.id), by, note)


def move_concept(
    session: Session, vocabulary: Vocabulary, concept_id: str, broader_id: str | None, *, by: str | None = None
) -> int:
    """Put a concept below another one, or at the top for None; its old place stays a redirect.

    Raises Invalid where that would be below itself, and Conflict where a concept there has its label.
    """
    concept = _locked_concept(session, vocabulary, concept_id)
    broader = None if broader_id is None else _locked_concept(session, vocabulary, broader_id)
    target = None if broader is None else broader.id
    if target == concept.broader_id:
        return 0
    if broader is not None and _is_within(session, broader, concept.id):
        raise Invalid(field="broader", value=broader_id, limit="a concept that is not below the one that is moved")
    holder = _concept_at(session, vocabulary, target, concept.folded)
    redirect = _give_way(session, holder, concept)
    origin = concept.broader_id
    concept.broader_id = target
    session.flush()
    _leave_concept_redirect(session, concept, redirect, (concept.label, concept.folded), origin)
    forget_lookups(session)
    place = "to the top" if broader is None else f"below “{broader.label}”"
    note = f"The {vocabulary} “{concept.label}” was moved {place}"
    return _raise_versions(session, showing_concept(vocabulary, concept.id), by, note)


def merge_concepts(
    session: Session, vocabulary: Vocabulary, source_id: str, into_id: str, *, by: str | None = None
) -> int:
    """Let one concept be another one from now on: its records, what is below it, its label and its id go there.

    What is below both with one label is merged too. Raises Conflict where one is below the other: move it first.
    """
    source = _locked_concept(session, vocabulary, source_id)
    into = _locked_concept(session, vocabulary, into_id)
    if source.id == into.id:
        return 0
    if _is_within(session, into, source.id) or _is_within(session, source, into.id):
        raise Conflict(f"One of {source.label!r} and {into.label!r} is below the other: move it out first")
    note = f"The {vocabulary} “{source.label}” was merged into “{into.label}”"
    raised = _raise_versions(session, showing_concept(vocabulary, source.id), by, note)
    _merge_concept(session, source, into)
    forget_lookups(session)
    return raised


def rename_agent(session: Session, agent_id: str, name: str, *, by: str | None = None) -> int:
    """Give a person or an organisation another name; the old one stays a redirect.

    Raises Invalid for a name that cannot be one, and Conflict where somebody else has it.
    """
    name = valid_name("name", name)
    agent = _locked_agent(session, agent_id)
    if name == agent.name:
        return 0
    old, folded = (agent.name, agent.folded), fold_name(name)
    holder = session.scalar(select(AgentRow).where(AgentRow.folded == folded))
    redirect = _give_way(session, holder, agent)
    agent.name, agent.folded = name, folded
    session.flush()
    if folded != old[1]:
        _leave_agent_redirect(session, agent, redirect, old)
    forget_lookups(session)
    return _raise_versions(session, showing_agent(agent.id), by, f"“{old[0]}” was renamed “{name}”")


def merge_agents(session: Session, source_id: str, into_id: str, *, by: str | None = None) -> int:
    """Let one person or organisation be another one from now on: its records, its name and its id go there."""
    source, into = _locked_agent(session, source_id), _locked_agent(session, into_id)
    if source.id == into.id:
        return 0
    note = f"“{source.name}” was merged into “{into.name}”"
    raised = _raise_versions(session, showing_agent(source.id), by, note)
    twice = aliased(ContributionRow)
    both = exists().where(
        twice.record_id == _CONTRIBUTION.c.record_id, twice.role == _CONTRIBUTION.c.role, twice.agent_id == into.id
    )
    session.execute(delete(_CONTRIBUTION).where(_CONTRIBUTION.c.agent_id == source.id, both))
    session.execute(update(_CONTRIBUTION).where(_CONTRIBUTION.c.agent_id == source.id).values(agent_id=into.id))
    if into.kind == AgentKind.UNKNOWN:
        into.kind = source.kind
    # Redirects lead to where they end in one step.
    session.execute(update(AgentRow).where(AgentRow.merged_into == source.id).values(merged_into=into.id))
    source.merged_into = into.id
    session.flush()
    forget_lookups(session)
    return raised


def _locked_concept(session: Session, vocabulary: Vocabulary, concept_id: str) -> ConceptRow:
    """The concept that an id stands for. Nobody else writes from now on: two moves at once could make a circle."""
    write_alone(session)
    current = resolve(session, vocabulary, concept_id)
    return session.get_one(ConceptRow, (vocabulary.value, current), populate_existing=True)


def _locked_agent(session: Session, agent_id: str) -> AgentRow:
    """The agent that an id stands for. Nobody else writes from now on."""
    write_alone(session)
    current = resolve(session, "author", agent_id)
    return session.get_one(AgentRow, current, populate_existing=True)


def _concept_at(session: Session, vocabulary: str, broader_id: str | None, folded: str) -> ConceptRow | None:
    return session.scalar(
        select(ConceptRow).where(
            ConceptRow.vocabulary == vocabulary,
            func.coalesce(ConceptRow.broader_id, "") == (broader_id or ""),
            ConceptRow.folded == folded,
        )
    )


def _is_within(session: Session, concept: ConceptRow, broader_id: str) -> bool:
    """Whether a concept is another one or below it."""
    current: ConceptRow | None = concept
    while current is not None:
        if current.id == broader_id:
            return True
        above = current.broader_id
        current = None if above is None else session.get_one(ConceptRow, (concept.vocabulary, above))
    return False


def _merge_concept(session: Session, source: ConceptRow, into: ConceptRow) -> None:
    """The rows of a merge; versions are raised already."""
    below = select(ConceptRow).where(ConceptRow.vocabulary == source.vocabulary, ConceptRow.broader_id == source.id)
    for child in session.scalars(below.order_by(ConceptRow.id)).all():
        _adopt(session, child, into)
    if source.vocabulary == Vocabulary.THEME:
        twice = aliased(RecordThemeRow)
        both = exists().where(twice.record_id == _THEME.c.record_id, twice.concept_id == into.id)
        session.execute(delete(_THEME).where(_THEME.c.concept_id == source.id, both))
        session.execute(update(_THEME).where(_THEME.c.concept_id == source.id).values(concept_id=into.id))
    else:
        session.execute(update(RECORD).where(RECORD.c.type_id == source.id).values(type_id=into.id))
    # Redirects lead to where they end in one step.
    session.execute(
        update(ConceptRow)
        .where(ConceptRow.vocabulary == source.vocabulary, ConceptRow.merged_into == source.id)
        .values(merged_into=into.id)
    )
    source.merged_into = into.id
    session.flush()


def _adopt(session: Session, child: ConceptRow, broader: ConceptRow) -> None:
    """Put what is below a merged concept below the other one, or merge it with what has its label there."""
    holder = _concept_at(session, broader.vocabulary, broader.id, child.folded)
    if holder is not None and child.merged_into is not None:
        return  # a redirect from a place that is itself one now
    if holder is not None and holder.merged_into is None:
        _merge_concept(session, child, holder)
        return
    _give_way(session, holder, child)
    child.broader_id = broader.id
    session.flush()


def _give_way(session: Session, holder: _Entry | None, taker: _Entry) -> _Entry | None:
    """Free the name of a redirect for what wants it. Answers with the redirect where it leads there, to be used again.

    Raises Conflict where the holder of the name is no redirect.
    """
    if holder is None or holder.id == taker.id:
        return None
    if holder.merged_into is None:
        raise Conflict(f"The name is taken by {holder.id!r}: merge the two instead")
    holder.folded = f" {holder.id}"  # no folded name begins with a space
    session.flush()
    return holder if holder.merged_into == taker.id else None


def _leave_concept_redirect(
    session: Session, concept: ConceptRow, redirect: ConceptRow | None, old: tuple[str, str], broader_id: str | None
) -> None:
    """Let the old label at the old place lead to a concept: by the redirect that stood at the new one, or another."""
    label, folded = old
    if redirect is None:
        vocabulary = Vocabulary(concept.vocabulary)
        redirect = ConceptRow(vocabulary=vocabulary.value, id=free_concept_id(session, vocabulary, label))
        session.add(redirect)
    redirect.label, redirect.folded, redirect.broader_id = label, folded, broader_id
    redirect.merged_into = concept.id
    session.flush()


def _leave_agent_redirect(session: Session, agent: AgentRow, redirect: AgentRow | None, old: tuple[str, str]) -> None:
    if redirect is None:
        redirect = AgentRow(id=free_agent_id(session, old[0]), kind=agent.kind)
        session.add(redirect)
    redirect.name, redirect.folded = old
    redirect.merged_into = agent.id
    session.flush()


def showing_concept(vocabulary: Vocabulary, concept_id: str) -> Select[str]:
    """Ids of the records that have a concept or one below it."""
    tree = (
        select(ConceptRow.id)
        .where(ConceptRow.vocabulary == vocabulary, ConceptRow.id == concept_id)
        .cte("narrower", recursive=True)
    )
    below = select(ConceptRow.id).join(tree, ConceptRow.broader_id == tree.c.id)
    tree = tree.union(below.where(ConceptRow.vocabulary == vocabulary))
    ids = select(tree.c.id)
    if vocabulary is Vocabulary.THEME:
        return select(RecordThemeRow.record_id).where(RecordThemeRow.concept_id.in_(ids))
    return select(RECORD.c.id).where(RECORD.c.type_id.in_(ids))


def showing_agent(agent_id: str) -> Select[str]:
    """Ids of the records that an agent has made or published."""
    return select(ContributionRow.record_id).where(ContributionRow.agent_id == agent_id)


def _raise_versions(session: Session, records: Select[str], by: str | None, note: str) -> int:
    """Raise the version of these records and make them pending, but for the deleted: how many they were."""
    living = select(RECORD.c.id).where(RECORD.c.deleted == false(), RECORD.c.id.in_(records))
    # Counted beforehand: Python's driver for SQLite knows no row count of an update that looks down a tree.
    count = session.execute(select(func.count()).select_from(living.subquery())).scalar_one()
    if count:
        snapshots.keep_unchanged(session, living)
        made = {"updated_at": now(), "changed_by": by, "change_note": note}
        raised = update(RECORD).where(RECORD.c.id.in_(living)).values(version=RECORD.c.version + 1, **made)
        session.connection().execute(raised)
        pending.mark_all(session, living)
    return count
