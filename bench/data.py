"""Where the collections lie, outside the project: a setting names their folder."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SETTING: Final = "BELONG_BENCH_DATA"

CATALOGUE: Final = Path("catalogue") / "arxiv-social-science.jsonl.gz"
JUDGED: Final = Path("ir")


class DataMissing(Exception):
    """The data cannot be found: the message says what to set, or which file is not there."""


def data_file(name: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The path of a file or folder of the data. Raises DataMissing."""
    folder = environment.get(SETTING)
    if not folder:
        raise DataMissing(
            f"{SETTING} is not set. It names the folder with {CATALOGUE} (for speed) and {JUDGED}/ (for relevance); "
            "docs/measurements.md says what these hold."
        )
    path = Path(folder) / name
    if not path.exists():
        raise DataMissing(f"{path} is not there. docs/measurements.md says what {SETTING} has to hold.")
    return path
