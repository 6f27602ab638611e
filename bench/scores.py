"""Rankings scored as the field does, by ir-measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import AP, R, nDCG

from bench.judged import Collection

# Query id -> ids of documents, the best first.
Ranking = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Means over the judged queries, each from 0 to 1. A query without a result counts 0."""

    ndcg10: float
    map: float
    recall100: float


def score(collection: Collection, ranking: Ranking) -> Scores:
    """How well a ranking puts the relevant documents first."""
    measures = (nDCG @ 10, AP, R @ 100)
    # A query without a result is left out by the library: so divide by all queries here.
    run = {
        query: {document: float(-place) for place, document in enumerate(found)}
        for query, found in ranking.items()
        if found
    }
    totals = dict.fromkeys(measures, 0.0)
    for metric in ir_measures.iter_calc(measures, collection.relevance, run):
        if metric.query_id in run:
            totals[metric.measure] += metric.value
    ndcg10, average_precision, recall100 = (totals[measure] / len(collection.queries) for measure in measures)
    return Scores(ndcg10=ndcg10, map=average_precision, recall100=recall100)
