"""Times as the field tells them: the median, and what one in twenty and one in a hundred answers takes at least."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Percentiles of the times of many answers, in milliseconds."""

    p50: float
    p95: float
    p99: float
    highest: float


def latency_of(seconds: Sequence[float]) -> Latency:
    """The percentiles of times in seconds: each the smallest time that so many per cent do not exceed."""
    rising = sorted(seconds)

    def percentile(share: int) -> float:
        return rising[-(-len(rising) * share // 100) - 1] * 1000

    return Latency(p50=percentile(50), p95=percentile(95), p99=percentile(99), highest=rising[-1] * 1000)
