"""The image and the compose file, as far as they can be held to something without Docker."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Final

import pytest

from tests.compose import FILE, read_compose, variables
from tests.processes import ROOT
from tests.servers import elasticsearch

SECRETS: Final = {
    "POSTGRES_PASSWORD": "first",
    "ELASTIC_PASSWORD": "second",
    "REDIS_PASSWORD": "third",
    "SECRET_KEY": "fourth",
}
SERVICES: Final = read_compose(SECRETS)["services"]
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PACKAGES: Final[list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"][
    "build"
]["targets"]["wheel"]["packages"]


def test_the_compose_file_follows_the_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_part_of_the_service_has_its_container() -> None:
    assert SERVICES.keys() == {"web", "worker", "beat", "postgres", "elasticsearch", "redis"}
    assert [SERVICES[name]["command"][:2] for name in ("web", "worker", "beat")] == [
        ["belong", "serve"],
        ["belong", "worker"],
        ["belong", "beat"],
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_watched_limited_and_started_again(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"]
    assert re.fullmatch(r"[0-9]+[mg]", service["mem_limit"])
    assert service["restart"] == "unless-stopped"
    assert re.search(r":[0-9]", service["image"]) or service["build"] == "."
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert name == "web" or "ports" not in service


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_our_containers_may_do_nothing_but_their_work(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


def test_secrets_come_from_the_environment_and_have_to_be_there() -> None:
    assert {name for name, kind in variables().items() if kind == ":?"} == set(SECRETS)
    assert all(not (name.endswith(("PASSWORD", "KEY")) and kind != ":?") for name, kind in variables().items())
    with pytest.raises(KeyError, match="REDIS_PASSWORD is needed"):
        read_compose({**SECRETS, "REDIS_PASSWORD": ""})
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in told for name in variables())


def test_the_servers_are_those_that_the_tests_run_on() -> None:
    assert SERVICES["elasticsearch"]["image"].endswith(f":{elasticsearch.VERSION}")
    assert SERVICES["elasticsearch"]["environment"]["xpack.security.enabled"] == "true"
    assert SERVICES["postgres"]["image"].startswith("postgres:16")
    assert SERVICES["redis"]["image"].startswith("redis:7")


def test_data_that_cannot_be_made_anew_lies_in_a_volume() -> None:
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]
    assert SERVICES["elasticsearch"]["volumes"] == ["elasticsearch:/usr/share/elasticsearch/data"]


def test_the_image_holds_what_is_locked_and_runs_it_without_rights() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "--require-hashes --requirement requirements/run.txt" in DOCKERFILE
    assert re.search(r"^USER [1-9][0-9]*$", last, re.MULTILINE)
    assert not re.search(r"^(ARG|ENV) .*(PASSWORD|SECRET|KEY)", DOCKERFILE, re.MULTILINE)


def test_the_image_is_built_from_every_package_and_nothing_else() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    named = {name for line in copied for name in line.split()}
    assert named == {*PACKAGES, "requirements/run.txt", "pyproject.toml", "README.md"}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == named


def test_the_package_that_the_image_installs_holds_every_file(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        held = set(opened.namelist())
    listed = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True)
    assert set(listed.stdout.splitlines()) <= held
    assert any(name.endswith(".html") for name in held)
