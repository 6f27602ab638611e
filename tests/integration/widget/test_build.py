"""The committed script is what its source makes, and stays small."""

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from app.widget.releases import FOLDER, newest, releases
from tests.servers.node import NoPackages, installed_packages, node

SOURCE = Path(__file__).parents[3] / "widget"
PACKAGE = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))

LARGEST = 6_000  # bytes, gzipped


@pytest.fixture(scope="session")
def builder() -> Path:
    """A folder with what builds the widget."""
    try:
        return installed_packages("widget", [SOURCE / "package.json", SOURCE / "package-lock.json"])
    except NoPackages as e:
        if "CI" in os.environ:
            raise
        pytest.skip(str(e))


def build(builder: Path, folder: Path, releases: Path) -> "subprocess.CompletedProcess[str]":
    """Builds the source as it is now."""
    folder.mkdir()
    releases.mkdir(exist_ok=True)
    for name in ("build.mjs", "package.json", "src"):
        (folder / name).symlink_to(SOURCE / name)
    (folder / "node_modules").symlink_to(builder / "node_modules")
    command = [*node(), "--preserve-symlinks", "--preserve-symlinks-main", "build.mjs", str(releases)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_committed_script_is_what_the_source_makes(builder: Path, tmp_path: Path) -> None:
    done = build(builder, tmp_path / "widget", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / f"{newest().version}.js").read_bytes() == newest().script
    assert newest().integrity in done.stdout


def test_a_version_that_is_out_is_never_written_over(builder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    there = tmp_path / "out" / f"{newest().version}.js"
    there.write_text("something else")
    done = build(builder, tmp_path / "widget", tmp_path / "out")
    assert done.returncode == 1
    assert "a version that is out never changes" in done.stderr
    assert there.read_text() == "something else"


def test_the_newest_version_is_that_of_the_source() -> None:
    assert newest().version == PACKAGE["version"]


def test_every_file_is_a_version() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{version}.js" for version in releases()}


def test_it_is_small() -> None:
    size = len(gzip.compress(newest().script, 9))
    print(f"The widget has {len(newest().script):,} bytes, {size:,} gzipped")  # noqa: T201 - seen with pytest -rP
    assert size <= LARGEST


def test_nothing_in_it_makes_markup_or_code_of_text_or_keeps_anything() -> None:
    script = newest().script.decode()
    found = re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|\.style\b|cookie|"
        r"localStorage|sessionStorage|indexedDB|import\(|@import|url\(|<style",
        script,
    )
    assert found == []


def test_no_lock_file_names_an_address() -> None:
    assert "://" not in (SOURCE / "package-lock.json").read_text(encoding="utf-8")
