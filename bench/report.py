"""The figures as tables for people."""

from collections.abc import Sequence
from typing import Final

from bench.growth import Growth
from bench.latency import Latency
from bench.library import Built
from bench.relevance import APART, TOLERANCE, Comparison
from bench.speed import JSON, Speed
from bench.sync import Sync
from bootstrap.settings import EngineName

# What is aimed at with the embedded engine, in milliseconds.
AIM_P50: Final = 5.0
AIM_P99: Final = 20.0

# What is aimed at with Elasticsearch, in times of the bare client.
AIM_TIMES: Final = 1.3

# What is aimed at from a change until it is searchable: p50, p95 and p99 in milliseconds.
AIM_SEARCHABLE: Final = {EngineName.EMBEDDED: (100, 300, 1_000), EngineName.ELASTICSEARCH: (1_000, 2_000, 5_000)}

# What is aimed at for a rebuild: its rate in times of that of the engine alone, and p99 of searches meanwhile in times
# of that without.
AIM_REBUILD: Final = 0.8
AIM_DURING: Final = 2.0

_BESIDE: Final = {
    EngineName.EMBEDDED: " (Datasette: neither ranked nor marked; facets that take over 200 ms left out)",
    EngineName.ELASTICSEARCH: " (bare client: not read any further than as JSON)",
}


def render_speed(speed: Speed) -> str:
    """The times, and what they cost in memory and on disk."""
    rows = [(name, *_times(each)) for name, each in speed.latencies.items()]
    drawn = f"{speed.searches:,} different searches, {speed.filtered:,} of them with one or two filters"
    memory = f"our {speed.server_processes} processes {_size(speed.server_memory)}"
    disk = f"index {_size(speed.index_bytes)}, catalogue {_size(speed.catalogue_bytes)}"
    lines = [
        f"{speed.records:,} records, engine {speed.engine}. {drawn}.",
        f"They find {speed.found_median:,} records in the median; {speed.beside.name}: {speed.beside.found_median:,}.",
        f"Each answer: the best 20, five facets, words marked{_BESIDE[speed.engine]}. One client.",
        "",
        _table([("milliseconds", "p50", "p95", "p99", "highest"), *rows]),
        "",
        *([_build_line(speed.built)] if speed.built else []),
        f"Memory: {memory}, {speed.beside.name} {_size(speed.beside.memory)}.",
        f"On disk: {disk}, {speed.beside.name} {_size(speed.beside.disk)}.",
        _aim_line(speed),
        *_warning(speed),
    ]
    return "\n".join(lines)


def render_relevance(comparisons: Sequence[Comparison]) -> str:
    """Each collection with the service's scores, those of bm25s, and how far apart they and the engines are."""
    beside = [each for each in comparisons if each.embedded]
    head = ("", "documents", "queries", "nDCG@10", "bm25s", "difference", "MAP", "bm25s", "recall@100", "bm25s")
    rows = [
        (
            each.name,
            f"{each.documents:,}",
            f"{each.queries:,}",
            f"{each.ours.ndcg10:.3f}",
            f"{each.plain.ndcg10:.3f}",
            f"{each.difference:+.3f}{'' if each.difference >= -TOLERANCE else ' !'}",
            f"{each.ours.map:.3f}",
            f"{each.plain.map:.3f}",
            f"{each.ours.recall100:.3f}",
            f"{each.plain.recall100:.3f}",
            *(
                (f"{each.embedded.ndcg10:.3f}", f"{each.apart:.3f}{'' if each.apart <= APART else ' !'}")
                if each.embedded
                else ()
            ),
        )
        for each in comparisons
    ]
    low = [each.name for each in comparisons if each.difference < -TOLERANCE]
    far = [each.name for each in beside if each.apart > APART]
    lines = [
        _table([(*head, *(("embedded", "apart") if beside else ())), *rows]),
        "",
        f"More than {TOLERANCE} below bm25s: {', '.join(low) or 'none'}.",
        *([f"Engines more than {APART} apart in nDCG@10: {', '.join(far) or 'none'}."] if beside else []),
    ]
    return "\n".join(lines)


def render_growth(grown: Sequence[Growth]) -> str:
    """Two tables: how an index is cut, and how often its changes are shown."""
    cuts = [
        (f"{each.records:,}", str(cut.shards), f"{cut.rate:,.0f}", _size(cut.size), *_times(cut.latency))
        for each in grown
        for cut in each.cuts
    ]
    refreshed = [
        (f"{each.records:,}", f"{one.refresh:,}", f"{one.rate:,.0f}", *_times(one.latency))
        for each in grown
        for one in each.refreshed
    ]
    return "\n\n".join(
        [
            "Searches of an index at rest (milliseconds), and records written a second before:",
            _table([("records", "shards", "written/s", "on disk", "p50", "p95", "p99", "highest"), *cuts]),
            "Searches of an index of one shard between bulks of 500 changes, by refresh interval (milliseconds):",
            _table([("records", "refresh", "changed/s", "p50", "p95", "p99", "highest"), *refreshed]),
        ]
    )


def render_sync(sync: Sync) -> str:
    """How fresh the index is, and what a rebuild costs, each beside its aim."""
    p50, p95, p99 = AIM_SEARCHABLE[sync.engine]
    rows = [
        ("a change is searchable after", *_times(sync.searchable)),
        ("search", *_times(sync.quiet)),
        ("search during a rebuild", *_times(sync.rebuilding)),
    ]
    fresh = sync.searchable.p50 <= p50 and sync.searchable.p95 <= p95 and sync.searchable.p99 <= p99
    return "\n".join(
        [
            (
                f"{sync.records:,} records, engine {sync.engine}. {sync.edits:,} changes one after the other, "
                f"{sync.searches:,} searches over HTTP during rebuilds and as many without. One client."
            ),
            "",
            _table([("milliseconds", "p50", "p95", "p99", "highest"), *rows]),
            "",
            f"A change: aim {p50:,.0f}, {p95:,.0f} and {p99:,.0f} ms, {_verdict(reached=fresh)}.",
            (
                f"Rebuild: {sync.rebuild_rate:,.0f} records a second, the engine alone {sync.bare_rate:,.0f}: "
                f"{sync.rate_ratio:.2f} times, aim {AIM_REBUILD}, {_verdict(reached=sync.rate_ratio >= AIM_REBUILD)}."
            ),
            (
                f"p99 of searches during a rebuild: {sync.p99_ratio:.2f} times that without, aim {AIM_DURING:.0f}, "
                f"{_verdict(reached=sync.p99_ratio <= AIM_DURING)}."
            ),
        ]
    )


def _verdict(*, reached: bool) -> str:
    return "reached" if reached else "missed"


def _times(latency: Latency) -> tuple[str, ...]:
    return tuple(f"{value:.1f}" for value in (latency.p50, latency.p95, latency.p99, latency.highest))


def _build_line(built: Built) -> str:
    imported = f"Import: {built.import_seconds:.0f} s, {_rate(built.records, built.import_seconds)}"
    indexed = f"Index: {built.index_seconds:.0f} s, {_rate(built.records, built.index_seconds)}"
    return f"{imported}; {built.refused} lines refused. {indexed}. Memory: at most {_size(built.peak_memory)}."


def _aim_line(speed: Speed) -> str:
    found = speed.latencies[JSON]
    match speed.engine:
        case EngineName.EMBEDDED:
            aim, reached = f"{AIM_P50:.0f} ms and p99 {AIM_P99:.0f} ms", found.p50 <= AIM_P50 and found.p99 <= AIM_P99
        case EngineName.ELASTICSEARCH:
            aim = f"at most {AIM_TIMES} times that of the {speed.beside.name} (here {speed.times_beside:.2f})"
            reached = speed.times_beside <= AIM_TIMES
    return f"The aim, {JSON} p50 {aim}, is {_verdict(reached=reached)}."


def _warning(speed: Speed) -> list[str]:
    left_out = f"Facets are left out in {speed.beside.incomplete:,} answers of {speed.beside.name}."
    return [left_out] if speed.beside.incomplete else []


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side, the first to the left and numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _rate(number: int, seconds: float) -> str:
    return f"{number / seconds:,.0f} a second"


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"
