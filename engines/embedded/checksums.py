"""Finds index files that are damaged, before a search meets them."""

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

# tantivy ends each file of a segment with: JSON {"version": ..., "crc": CRC-32 of all before it}, the length of that
# JSON, and this number, both as 32 bits little-endian.
_MAGIC: Final = (1337).to_bytes(4, "little")

_PIECE: Final = 1 << 20  # bytes read at a time

# The files that every segment has.
_PARTS: Final = ("term", "idx", "pos", "store", "fast", "fieldnorm")

# A file in one state: its name, size and time of change.
_Seen: TypeAlias = tuple[str, int, int]


class Checksums:
    """Remembers which files were found sound, so that each is read once."""

    def __init__(self) -> None:
        """Nothing is known of any file yet."""
        self._sound: dict[Path, set[_Seen]] = {}

    def hold(self, folder: Path) -> bool:
        """Whether every file of every committed segment in a folder is there and sound."""
        while True:
            committed = _committed(folder)
            try:
                return self._are_sound(folder, _segment_files(folder, committed))
            except FileNotFoundError:
                # A commit or a merge may have replaced files meanwhile: look again at those that there are now. What
                # is said there differs each time; its time of change does not if two commits fall into one tick.
                if _committed(folder) == committed:
                    return False

    def _are_sound(self, folder: Path, files: Sequence[Path]) -> bool:
        known = self._sound.get(folder, frozenset[_Seen]())
        sound: set[_Seen] = set()
        for file in files:
            stat = file.stat()
            seen = (file.name, stat.st_size, stat.st_mtime_ns)
            if seen not in known and not _matches_footer(file, stat.st_size):
                return False
            sound.add(seen)
        self._sound[folder] = sound  # what merges replaced is forgotten
        return True


def _committed(folder: Path) -> str:
    """What the last commit or merge says that there is."""
    return (folder / "meta.json").read_text(encoding="utf-8")


def _segment_files(folder: Path, committed: str) -> list[Path]:
    """The files that there have to be by that; others may be on their way to the next commit."""
    found: list[Path] = []
    for segment in json.loads(committed)["segments"]:
        name = segment["segment_id"].replace("-", "")
        found += [folder / f"{name}.{part}" for part in _PARTS]
        if segment["deletes"]:
            found.append(folder / f"{name}.{segment['deletes']['opstamp']}.del")
    return found


def _matches_footer(file: Path, size: int) -> bool:
    with file.open("rb") as stream:
        stream.seek(max(0, size - 8))
        ending = stream.read(8)
        length = int.from_bytes(ending[:4], "little")
        body = size - 8 - length
        if ending[4:] != _MAGIC or body < 0:
            return False
        stream.seek(body)
        try:
            expected = json.loads(stream.read(length))["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        stream.seek(0)
        crc, left = 0, body
        while left and (piece := stream.read(min(left, _PIECE))):
            crc = zlib.crc32(piece, crc)
            left -= len(piece)
    return crc == expected and not left
