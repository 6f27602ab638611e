"""Damaged and outdated index files: found out, said, and never answered with wrong results."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from search.engine import GenerationName, Remove
from search.errors import EngineError, EngineUnavailable, IndexIncompatible, IndexMissing
from search.request import Sort
from tests.conformance.library import a_request
from tests.conformance.records import a_put, a_record

GENERATION = GenerationName("g1")

# What tantivy keeps of each segment, and what stands beside the segments.
SEGMENT_FILES = ["term", "idx", "pos", "store", "fast", "fieldnorm", "del"]
OTHER_FILES = ["meta.json", "belong.json", ".managed.json"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with a segment that has every kind of file."""
    root = tmp_path_factory.mktemp("sound")
    writer = EmbeddedWriter(GenerationFolders(root))
    writer.create(GENERATION)
    writer.activate(GENERATION)
    records = [
        a_record(f"r{n}", f"Trust {n}", authors=[f"Author {n}"], abstract="Hope and faith. " * 5, date=str(2000 + n))
        for n in range(20)
    ]
    writer.write(GENERATION, list(map(a_put, records)))
    writer.write(GENERATION, [Remove(id="r3", version=2), a_put(a_record("r4", "Trust, again", version=2))])
    writer.close()
    return root


@pytest.fixture
def root(sound: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return shutil.copytree(sound, tmp_path / "index", symlinks=True)


def is_sound(root: Path) -> bool:
    return EmbeddedWriter(GenerationFolders(root)).active() == GENERATION


def answers(root: Path) -> list[object]:
    """What a process that opens the index now gets from it."""
    engine = EmbeddedEngine(GenerationFolders(root))
    asked = [a_request("trust", sort=sort, facets=("author", "year"), size=100) for sort in Sort]
    asked += [a_request(text, size=100) for text in ('"hope and faith"', "aut*", "", "title:again -zebra", "author:7")]
    return [engine.search(request) for request in asked] + [engine.similar_words("fiath")]


def file_of(root: Path, kind: str) -> Path:
    found = [root / GENERATION / kind] if kind in OTHER_FILES else sorted((root / GENERATION).glob(f"*.{kind}"))
    return max(found, key=lambda file: file.stat().st_size)


def overwrite(file: Path, at: int, data: bytes) -> None:
    """Change bytes where they lie. Cutting off a file that somebody has mapped would kill his whole process."""
    with file.open("r+b") as stream:
        stream.seek(at)
        stream.write(data)


def replace(file: Path, data: bytes) -> None:
    """Put another file in its place."""
    file.unlink()
    file.write_bytes(data)


def flip(file: Path, at: float) -> None:
    data = file.read_bytes()
    place = min(int(len(data) * at), len(data) - 1)
    overwrite(file, place, bytes([data[place] ^ 0x15]))


def test_a_sound_index_is_found_sound(sound: Path, root: Path) -> None:
    assert is_sound(root)
    assert answers(root) == answers(sound)
    assert {file.suffix[1:] for file in (root / GENERATION).iterdir()} >= set(SEGMENT_FILES)


@pytest.mark.parametrize("at", [0, 0.3, 0.6, 0.95, 1], ids=["first", "early", "late", "near the end", "last"])
@pytest.mark.parametrize("kind", SEGMENT_FILES)
def test_a_flipped_byte_in_a_segment_is_found_out(root: Path, kind: str, at: float) -> None:
    flip(file_of(root, kind), at)
    assert not is_sound(root)
    with pytest.raises(EngineError):
        answers(root)


@pytest.mark.parametrize("at", [n / 40 for n in range(41)])
@pytest.mark.parametrize("kind", OTHER_FILES)
def test_a_flipped_byte_elsewhere_is_found_out_or_changes_nothing(
    sound: Path, root: Path, kind: str, at: float
) -> None:
    flip(file_of(root, kind), at)
    try:
        found = answers(root)
    except EngineError:
        assert not is_sound(root)
    else:
        assert found == answers(sound)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "is gone": Path.unlink,
    "is empty": lambda file: replace(file, b""),
    "is cut off": lambda file: replace(file, file.read_bytes()[:-20]),
    "is something else": lambda file: replace(file, b"\0" * file.stat().st_size),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", [*SEGMENT_FILES, *OTHER_FILES[:2]])
def test_a_file_that_is_not_what_it_was_is_found_out(root: Path, kind: str, damage: str) -> None:
    DAMAGES[damage](file_of(root, kind))
    assert not is_sound(root)
    with pytest.raises(EngineError):
        answers(root)


def test_damage_is_found_out_by_who_has_the_index_open(root: Path) -> None:
    writer = EmbeddedWriter(GenerationFolders(root))
    assert writer.active() == GENERATION
    flip(file_of(root, "idx"), 0.5)
    assert writer.active() is None


def test_a_damaged_index_says_so_until_it_is_mended(root: Path, sound: Path) -> None:
    file = file_of(root, "store")
    data = file.read_bytes()
    engine = EmbeddedEngine(GenerationFolders(root))
    flip(file, 0.5)
    for _ in range(3):
        with pytest.raises(EngineError):
            engine.search(a_request("trust"))
    overwrite(file, 0, data)
    assert engine.count(a_request("trust")) == 19


@pytest.mark.parametrize("part", ["format", "fields"])
def test_an_index_of_another_format_is_not_searched(root: Path, part: str) -> None:
    file = root / GENERATION / "belong.json"
    about = json.loads(file.read_text(encoding="utf-8"))
    about[part] = 0 if part == "format" else about[part] | {"other": "text"}
    file.write_text(json.dumps(about), encoding="utf-8")
    assert not is_sound(root)
    with pytest.raises(IndexIncompatible):
        answers(root)


def test_a_folder_that_is_gone_is_a_missing_index(root: Path) -> None:
    engine = EmbeddedEngine(GenerationFolders(root))
    assert engine.count(a_request("trust")) == 19
    shutil.rmtree(root / GENERATION)
    assert not is_sound(root)
    with pytest.raises(IndexMissing):
        engine.count(a_request("trust"))
    with pytest.raises(IndexMissing):
        answers(root)


def test_an_index_that_cannot_be_deleted_is_not_said_to_be_gone(tmp_path: Path) -> None:
    (tmp_path / "g9").write_text("This is no folder")
    writer = EmbeddedWriter(GenerationFolders(tmp_path))
    with pytest.raises(EngineUnavailable):
        writer.remove(GenerationName("g9"))
    (tmp_path / "g9").unlink()
    writer.remove(GenerationName("g9"))
