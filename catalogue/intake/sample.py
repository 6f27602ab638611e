"""The library that a new installation starts with: 28 real titles, with abstracts written for this project."""

from pathlib import Path
from typing import Final

SAMPLE: Final = Path(__file__).parent.parent / "sample.jsonl"
