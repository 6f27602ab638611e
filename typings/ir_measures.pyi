# What bench uses of ir-measures, so that types are checked where it is not installed.
from collections.abc import Iterable, Iterator, Mapping

class Measure:
    def __matmul__(self, cutoff: int) -> Measure: ...

class Metric:
    query_id: str
    measure: Measure
    value: float

AP: Measure
R: Measure
nDCG: Measure  # noqa: N816

def iter_calc(
    measures: Iterable[Measure],
    qrels: Mapping[str, Mapping[str, int]],
    run: Mapping[str, Mapping[str, float]],
) -> Iterator[Metric]: ...
