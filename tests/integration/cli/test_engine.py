"""`belong engine`."""

from pathlib import Path

import pytest

from tests.integration.cli.running import run


def test_the_embedded_engine_is_named_with_its_folder_and_index(data: Path) -> None:
    found = run(data, "engine", "--json").json
    assert found.pop("product").startswith("tantivy ")
    assert found == {"engine": "embedded", "address": str(data / "index"), "index": "g1", "trouble": None}


def test_it_says_how_to_switch(data: Path) -> None:
    said = run(data, "engine").stdout
    assert "ENGINE=elasticsearch" in said
    assert "the index is made anew" in said


def test_a_cluster_that_is_away_is_named_without_its_password(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE", "elasticsearch")
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://elastic:hush@127.0.0.1:1")
    done = run(data, "engine")
    assert done.returncode == 0
    assert "Engine: elasticsearch, which does not answer" in done.stdout
    assert "Address: http://127.0.0.1:1, alias belong" in done.stdout
    assert "hush" not in done.stdout + done.stderr
