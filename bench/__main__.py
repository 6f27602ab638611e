"""The command behind script/bench."""

import argparse
import json
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.data import CATALOGUE, JUDGED, SETTING, DataMissing, data_file
from bench.growth import measure_growth
from bench.processes import ServerFailed
from bench.relevance import compare_all
from bench.report import render_growth, render_relevance, render_speed, render_sync
from bench.speed import measure_speed
from bench.sync import measure_sync
from bootstrap.settings import SettingsError, read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0; 1 where a collection is ranked worse than is allowed; 2 where nothing could be measured."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except (DataMissing, ServerFailed, SettingsError) as e:
        print(f"script/bench: {e}", file=sys.stderr)  # noqa: T201 - a command
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description=f"Measures the service on real data, with the engine that ENGINE names. "
        f"{SETTING} names the folder of the data.",
    )
    commands = parser.add_subparsers(required=True, metavar="speed|relevance|growth|sync")
    speed = commands.add_parser("speed", help="how fast it answers, beside Datasette or the bare client")
    speed.add_argument("--searches", type=int, default=1_000, help="how many searches are timed (default: 1000)")
    speed.set_defaults(run=_speed)
    relevance = commands.add_parser("relevance", help="how well it ranks, beside plain BM25 (bm25s)")
    relevance.set_defaults(run=_relevance)
    growth = commands.add_parser("growth", help="how Elasticsearch's settings bear on small and large libraries")
    growth.add_argument("--searches", type=int, default=400, help="how many searches of each (default: 400)")
    growth.add_argument(
        "--records",
        type=int,
        nargs="+",
        default=[34_000, 300_000],
        metavar="N",
        help="the sizes of the libraries, generated (default: 34000 300000)",
    )
    growth.set_defaults(run=_growth)
    sync = commands.add_parser("sync", help="how soon changes are searchable, and what a rebuild costs")
    sync.add_argument("--edits", type=int, default=200, help="how many changes are timed (default: 200)")
    sync.set_defaults(run=_sync)
    for command in (speed, growth, sync):
        command.add_argument(
            "--library",
            type=Path,
            metavar="FOLDER",
            help="keep the imported library here, or use the one that is there",
        )
    for command in (speed, relevance, growth, sync):
        command.add_argument("--json", action="store_true", dest="as_json", help="print the figures as JSON")
    return parser


def _speed(chosen: argparse.Namespace) -> int:
    with _library_folder(chosen) as folder:
        speed = measure_speed(data_file(CATALOGUE), folder, chosen.searches, read_settings().engine)
    _print(asdict(speed) if chosen.as_json else render_speed(speed))
    return 0


def _growth(chosen: argparse.Namespace) -> int:
    with _library_folder(chosen) as folder:
        grown = measure_growth(data_file(CATALOGUE), folder, chosen.records, chosen.searches)
    _print([asdict(each) for each in grown] if chosen.as_json else render_growth(grown))
    return 0


def _sync(chosen: argparse.Namespace) -> int:
    with _library_folder(chosen) as folder:
        sync = measure_sync(data_file(CATALOGUE), folder, chosen.edits, read_settings().engine)
    _print(asdict(sync) if chosen.as_json else render_sync(sync))
    return 0


@contextmanager
def _library_folder(chosen: argparse.Namespace) -> Generator[Path]:
    """The folder that was named, or one that is gone afterwards."""
    if chosen.library is not None:
        yield chosen.library
        return
    with tempfile.TemporaryDirectory(prefix="belong-bench-") as folder:
        yield Path(folder)


def _relevance(chosen: argparse.Namespace) -> int:
    comparisons = compare_all(data_file(JUDGED), read_settings().engine)
    _print([asdict(each) for each in comparisons] if chosen.as_json else render_relevance(comparisons))
    return 0 if all(each.is_good for each in comparisons) else 1


def _print(shown: Any) -> None:  # noqa: ANN401 - text, or what JSON can hold
    print(shown if isinstance(shown, str) else json.dumps(shown, indent=2))  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
