"""The key that signs the cookies of the staff: the one that is set, or one made at the first start."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Final

from bootstrap.settings import Settings, SettingsError

_NAME: Final = "secret-key"
_SHORTEST: Final = 32  # characters


def secret_key_of(settings: Settings) -> str:
    """The key; the same in all processes on a data folder.

    Raises SettingsError where several machines may serve one catalogue, and each would make a key of its own; and
    where the file cannot be read or made.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    if not settings.database_url.startswith("sqlite"):
        raise SettingsError(
            "SECRET_KEY is not set, but has to be where DATABASE_URL names a server: every machine that serves this "
            "catalogue needs the same one. python3 -c 'import secrets; print(secrets.token_hex())' makes one"
        )
    return _kept(settings.data / _NAME)


def _kept(path: Path) -> str:
    try:
        with contextlib.suppress(FileExistsError):
            if not path.exists():
                _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError(f"The key in {path} cannot be read or made ({e}): set SECRET_KEY, or mend the file") from e
    if len(key) < _SHORTEST:
        raise SettingsError(f"The key in {path} is damaged: delete the file, and the staff sign in anew")
    return key


def _make(path: Path) -> None:
    """Complete from the moment on which it is there. Raises FileExistsError where another process was first."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # readable by this user only
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    finally:
        Path(temporary).unlink()
