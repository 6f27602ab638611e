"""A real OpenID Connect provider for the tests: the certified oidc-provider from npm."""

import contextlib
import re
import socket
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import requests

from tests.servers.node import NoPackages, installed_packages, node

_HERE: Final = Path(__file__).parent / "openid_provider"
_FILES: Final = [_HERE / name for name in ("package.json", "package-lock.json", "provider.mjs")]

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
    try:
        command = [*node(), str(installed_packages("openid-provider", _FILES) / "provider.mjs")]
    except NoPackages as e:
        raise NoOpenIdProvider(f"no OpenID provider: {e}") from e
    port = _free_port()
    process = subprocess.Popen(
        [*command, str(port), CLIENT_ID, CLIENT_SECRET, redirect_uri],
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
