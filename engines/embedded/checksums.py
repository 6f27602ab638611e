"""Finds index files that are damaged, before a search meets them."""

import json
import zlib
from pathlib import Path
from typing import Final

# tantivy ends each file of a segment with: JSON {"version": ..., "crc": CRC-32 of all before it}, the length of that
# JSON, and this number, both as 32 bits little-endian.
_MAGIC: Final = (1337).to_bytes(4, "little")

_PIECE: Final = 1 << 20  # bytes read at a time


class Checksums:
    """Remembers which files were found sound, so that each is read once."""

    def __init__(self) -> None:
        """Nothing is known of any file yet."""
        self._sound: set[tuple[str, int, int]] = set()

    def hold(self, folder: Path) -> bool:
        """Whether every file of every committed segment in a folder is there and sound."""
        while True:
            before = (folder / "meta.json").stat().st_mtime_ns
            try:
                return all(self._is_sound(file) for file in _segment_files(folder))
            except FileNotFoundError:
                # A merge may have replaced segments meanwhile: look again at those that there are now.
                if (folder / "meta.json").stat().st_mtime_ns == before:
                    return False

    def _is_sound(self, file: Path) -> bool:
        stat = file.stat()
        key = (str(file), stat.st_size, stat.st_mtime_ns)
        if key not in self._sound:
            if not _matches_footer(file, stat.st_size):
                return False
            self._sound.add(key)
        return True


def _segment_files(folder: Path) -> list[Path]:
    """The files of the segments that the last commit lists. Raises FileNotFoundError where a segment has none."""
    segments = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["segments"]
    found: list[Path] = []
    for segment in segments:
        files = list(folder.glob(f"{segment['segment_id'].replace('-', '')}.*"))
        if not files:
            raise FileNotFoundError(segment["segment_id"])
        found += files
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
