"""What the staff's sign-in is set to, and what is refused before anything starts."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from bootstrap.secret_key import secret_key_of
from bootstrap.settings import SettingsError, read_settings

KEY = "7f3c1d9be04a52668d1f0e3b97ac45d2"

OIDC = {"OIDC_ISSUER": "https://id.example.org", "OIDC_CLIENT_ID": "belong", "OIDC_CLIENT_SECRET": "x"}

REFUSED = {
    "short key": ({"SECRET_KEY": KEY[:31]}, "31 characters, but has to have 32"),
    "key from an example": ({"SECRET_KEY": "change-me-" + KEY}, "looks like an example"),
    "key of few letters": ({"SECRET_KEY": "0123" * 10}, "looks like an example"),
    "address without TLS": ({"SITE_URL": "http://library.example.org"}, "https://library.example.org"),
    "address with a path": ({"SITE_URL": "https://example.org/library"}, "without a path"),
    "half a provider": ({"OIDC_ISSUER": "https://id.example.org"}, "OIDC_CLIENT_ID is not set"),
    "provider without TLS": ({**OIDC, "OIDC_ISSUER": "http://id.example.org"}, "begins with https"),
    "provider and no way back": ({**OIDC, "HOST": "0.0.0.0"}, "SITE_URL is not set"),
    "proxies": ({"TRUSTED_PROXIES": "-1"}, "from 0 to 10"),
}


@pytest.mark.parametrize(("environment", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_would_not_be_safe_is_refused(environment: dict[str, str], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as refused:
        read_settings(environment)
    assert KEY[:20] not in str(refused.value)


LOCAL = {
    "default": ({}, True),
    "this machine": ({"HOST": "::1"}, True),
    "every address": ({"HOST": "0.0.0.0"}, False),
    "a server in front": ({"SITE_URL": "https://library.example.org/"}, False),
}


@pytest.mark.parametrize(("environment", "local"), LOCAL.values(), ids=LOCAL.keys())
def test_passwords_cross_a_network_unless_only_this_machine_is_listened_to(
    environment: dict[str, str], local: bool
) -> None:
    assert read_settings(environment).is_local is local


def test_secrets_are_not_shown_with_the_settings() -> None:
    shown = repr(read_settings({"SECRET_KEY": KEY, **OIDC, "OIDC_CLIENT_SECRET": "tell nobody"}))
    assert KEY not in shown
    assert "tell nobody" not in shown


def test_the_key_is_the_one_that_is_set(tmp_path: Path) -> None:
    assert secret_key_of(read_settings({"SECRET_KEY": KEY, "BELONG_DATA": str(tmp_path)})) == KEY
    assert list(tmp_path.iterdir()) == []


def test_a_catalogue_that_several_machines_may_share_needs_a_key_that_is_set(tmp_path: Path) -> None:
    address = {"DATABASE_URL": "postgresql+psycopg://db/belong", "BELONG_DATA": str(tmp_path)}
    with pytest.raises(SettingsError, match="SECRET_KEY is not set"):
        secret_key_of(read_settings(address))
    assert secret_key_of(read_settings({**address, "SECRET_KEY": KEY})) == KEY


def test_otherwise_one_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    settings = read_settings({"BELONG_DATA": str(tmp_path)})
    made = secret_key_of(settings)
    assert len(made) == 64
    assert secret_key_of(settings) == made
    [file] = tmp_path.iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == ("secret-key", 0o600)


def test_a_damaged_key_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("\n")
    with pytest.raises(SettingsError, match="delete the file"):
        secret_key_of(read_settings({"BELONG_DATA": str(tmp_path)}))


def test_a_folder_that_cannot_be_written_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set SECRET_KEY"):
        secret_key_of(read_settings({"BELONG_DATA": str(tmp_path / "missing")}))


def _key(folder: str) -> str:
    return secret_key_of(read_settings({"BELONG_DATA": folder}))


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(8) as pool:
        assert len(set(pool.map(_key, [str(tmp_path)] * 64, chunksize=1))) == 1
