"""The settings: the only reader of the environment."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_SHORTEST_SECRET: Final = 32  # characters

# Parts of the secrets that stand in other people's examples, and that somebody leaves as they are.
_EXAMPLES: Final = (
    "change", "default", "example", "insecure", "password", "replace", "secret",
)  # fmt: skip


class SettingsError(Exception):
    """A variable of the environment that cannot be used: the message names it, its value and the limit."""


@unique
class EngineName(StrEnum):
    """The engines there are."""

    EMBEDDED = "embedded"
    ELASTICSEARCH = "elasticsearch"


@unique
class LogFormat(StrEnum):
    """How the log is written."""

    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticsearchSettings:
    """Which cluster is used, and how an index is made in it.

    ELASTICSEARCH_URL        its address, also http://USER:PASSWORD@HOST:9200: http://127.0.0.1:9200
    ELASTICSEARCH_API_KEY    the key to it: none
    ELASTICSEARCH_CA         a file with the certificate of its authority, for https: the system's own
    ELASTICSEARCH_ALIAS      the name that searches go to and all indices begin with: belong
    ELASTICSEARCH_SHARDS     into how many parts an index is cut: 1
    ELASTICSEARCH_REPLICAS   how many copies of each part there are: 0; with more than one node 1
    ELASTICSEARCH_REFRESH    milliseconds until a change is searchable, at most: 500
    """

    url: str = field(repr=False)  # may have a password in it, as others that are not shown
    api_key: str | None = field(repr=False)
    ca: str | None
    alias: str
    shards: int
    replicas: int
    refresh: int

    @property
    def address(self) -> str:
        """Where the cluster is, to be shown: without user and password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """How many requests one address may make within a minute; 0: as many as it likes. See `app.limits`.

    RATE_LIMIT_READING   pages, searches and records: 3000
    RATE_LIMIT_WRITING   what writes over the API, also for each key: 1200
    RATE_LIMIT_STAFF     the staff's pages: 600
    RATE_LIMIT_SIGN_IN   signing in: 30
    """

    reading: int
    writing: int
    staff: int
    sign_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdSettings:
    """With whom the staff can sign in besides with passwords: an OpenID Connect provider. All three, or none.

    OIDC_ISSUER          its address, as it stands in its own description: none
    OIDC_CLIENT_ID       what it calls this service: none
    OIDC_CLIENT_SECRET   by what it knows this service: none
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be set, each by a variable of the environment.

    HOST, PORT       where the service listens: 127.0.0.1 and 8000; port 0 takes a free one
    BELONG_DATA      the folder of all state: data, below the folder in which the service is started
    DATABASE_URL     the catalogue, a SQLite file or postgresql://user:password@host/name: a file in BELONG_DATA
    WEB_PROCESSES    how many processes answer: 2
    WEB_THREADS      how many threads each of them has: 4
    CONTACT          where "contact us" leads, a mail address or a web address: nowhere
    SITE_URL         the address at which people open the library, which begins with https://: none
    TRUSTED_PROXIES  how many servers of our own stand in front, whose X-Forwarded-For and -Proto count: 0
    SECRET_KEY       signs the cookies of the staff, 32 characters or more: made once, in BELONG_DATA/secret-key
    ENGINE           embedded or elasticsearch: embedded
    REDIS_URL        the Redis over which workers are told to index: none, the service indexes by itself
    LOG_FORMAT       how servers and workers write their log, json or text: text at a terminal, else json
    LOG_QUERIES      yes: what people look for stands in the log: no
    LOG_ADDRESSES    yes: and from which address: no
    RATE_LIMIT_*     see `LimitSettings`
    OIDC_*           see `OpenIdSettings`
    ELASTICSEARCH_*  see `ElasticsearchSettings`
    """

    host: str
    port: int
    data: Path
    database_url: str = field(repr=False)
    web_processes: int
    web_threads: int
    contact: str | None
    site_url: str | None
    trusted_proxies: int
    secret_key: str | None = field(repr=False)
    open_id: OpenIdSettings | None
    engine: EngineName
    redis_url: str | None = field(repr=False)
    log_format: LogFormat | None
    log_queries: bool
    log_addresses: bool
    limits: LimitSettings
    elasticsearch: ElasticsearchSettings

    @property
    def index_folder(self) -> Path:
        """Where the embedded index lies."""
        return self.data / "index"

    @property
    def index_place(self) -> str:
        """Which engine the index is in, as the catalogue calls it: see `catalogue.index_place`.

        The address of a cluster is no part of it: the same one may be reached at several.
        """
        if self.engine is EngineName.EMBEDDED:
            return EngineName.EMBEDDED.value
        return f"{self.engine.value} {self.elasticsearch.alias}"

    @property
    def is_local(self) -> bool:
        """Whether the service can be reached from this machine only, so that passwords cross no network."""
        return self.site_url is None and is_loopback(self.host)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; an empty variable is one that is not set. Raises SettingsError."""
    data = Path(environment.get("BELONG_DATA") or "data").absolute()
    engine = _engine(environment)
    return Settings(
        host=environment.get("HOST") or "127.0.0.1",
        port=_whole_number(environment, "PORT", default=8000, lowest=0, highest=65_535),
        data=data,
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{data / 'catalogue.sqlite'}",
        web_processes=_whole_number(environment, "WEB_PROCESSES", default=2, lowest=1, highest=64),
        web_threads=_whole_number(environment, "WEB_THREADS", default=4, lowest=1, highest=64),
        contact=_contact(environment),
        site_url=_site_url(environment),
        trusted_proxies=_whole_number(environment, "TRUSTED_PROXIES", default=0, lowest=0, highest=10),
        secret_key=_secret_key(environment),
        open_id=_open_id(environment),
        engine=engine,
        redis_url=_redis_url(environment, engine),
        log_format=_log_format(environment),
        log_queries=_yes(environment, "LOG_QUERIES"),
        log_addresses=_yes(environment, "LOG_ADDRESSES"),
        limits=_limits(environment),
        elasticsearch=_elasticsearch(environment),
    )


def _contact(environment: Mapping[str, str]) -> str | None:
    text = environment.get("CONTACT") or None
    if text is None or text.startswith(("http://", "https://")) or ("@" in text and "/" not in text):
        return text
    raise SettingsError(f"CONTACT is {text!r}, but has to be a mail address or an address that begins with https://")


def is_loopback(host: str) -> bool:
    """Whether an address to listen at is this machine's own. A name counts if it is localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _site_url(environment: Mapping[str, str]) -> str | None:
    text = (environment.get("SITE_URL") or "").rstrip("/") or None
    if text is None or re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?", text):
        return text
    limit = "an address such as https://library.example.org, without a path"
    raise SettingsError(f"SITE_URL is {text!r}, but has to be {limit}")


def _secret_key(environment: Mapping[str, str]) -> str | None:
    """A key that is set is never one that others know. What it is does not stand in the message."""
    key = environment.get("SECRET_KEY") or None
    if key is None:
        return None
    advice = "python3 -c 'import secrets; print(secrets.token_hex())' makes one"
    if len(key) < _SHORTEST_SECRET:
        raise SettingsError(
            f"SECRET_KEY has {len(key)} characters, but has to have {_SHORTEST_SECRET} or more: {advice}"
        )
    if len(set(key)) < 10 or any(word in key.casefold() for word in _EXAMPLES):
        raise SettingsError(f"SECRET_KEY looks like an example, but has to be random: {advice}")
    return key


def _open_id(environment: Mapping[str, str]) -> OpenIdSettings | None:
    names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    issuer, client_id, client_secret = (environment.get(name) or None for name in names)
    if issuer is None and client_id is None and client_secret is None:
        return None
    if issuer is None or client_id is None or client_secret is None:
        missing = next(name for name in names if not environment.get(name))
        raise SettingsError(f"{missing} is not set, but {', '.join(names)} have to be set together, or none of them")
    parts = urlsplit(issuer)
    # Without TLS whoever is in between could say who somebody is.
    if not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)))):
        raise SettingsError(f"OIDC_ISSUER is {issuer!r}, but has to be an address that begins with https://")
    if not environment.get("SITE_URL") and not is_loopback(environment.get("HOST") or "127.0.0.1"):
        raise SettingsError("SITE_URL is not set, but has to be with OIDC_ISSUER: the provider leads people back to it")
    return OpenIdSettings(issuer=issuer, client_id=client_id, client_secret=client_secret)


def _engine(environment: Mapping[str, str]) -> EngineName:
    name = environment.get("ENGINE") or EngineName.EMBEDDED.value
    if name not in set(EngineName):
        raise SettingsError(f"ENGINE is {name!r}, but has to be {' or '.join(EngineName)}")
    return EngineName(name)


def _log_format(environment: Mapping[str, str]) -> LogFormat | None:
    name = environment.get("LOG_FORMAT") or None
    if name is not None and name not in set(LogFormat):
        raise SettingsError(f"LOG_FORMAT is {name!r}, but has to be {' or '.join(LogFormat)}")
    return LogFormat(name) if name is not None else None


def _limits(environment: Mapping[str, str]) -> LimitSettings:
    def quota(name: str, default: int) -> int:
        return _whole_number(environment, name, default=default, lowest=0, highest=1_000_000)

    return LimitSettings(
        # A hundred sites behind one address of an office, ten searches a minute each, and three requests for a search
        # that is typed: half of what two processes can answer.
        reading=quota("RATE_LIMIT_READING", 3_000),
        writing=quota("RATE_LIMIT_WRITING", 1_200),
        staff=quota("RATE_LIMIT_STAFF", 600),
        sign_in=quota("RATE_LIMIT_SIGN_IN", 30),
    )


def _redis_url(environment: Mapping[str, str], engine: EngineName) -> str | None:
    address = environment.get("REDIS_URL") or None
    if address is None:
        return None
    if not address.startswith(("redis://", "rediss://")):
        scheme, found, _ = address.partition("://")  # the rest may hold a password
        beginning = repr(scheme) if found else "no scheme"
        raise SettingsError(f"REDIS_URL begins with {beginning}, but has to begin with redis:// or rediss://")
    if engine is EngineName.EMBEDDED:
        raise SettingsError(
            "REDIS_URL is set, but ENGINE is 'embedded': its index has an indexer of its own. "
            "Set ENGINE=elasticsearch, or leave REDIS_URL out"
        )
    return address


def _elasticsearch(environment: Mapping[str, str]) -> ElasticsearchSettings:
    alias = environment.get("ELASTICSEARCH_ALIAS") or "belong"
    if not re.fullmatch("[a-z0-9][a-z0-9_-]{0,99}", alias):
        limit = "a name of up to 100 small letters, digits, - and _"
        raise SettingsError(f"ELASTICSEARCH_ALIAS is {alias!r}, but has to be {limit}")
    return ElasticsearchSettings(
        url=_cluster_address(environment),
        api_key=environment.get("ELASTICSEARCH_API_KEY") or None,
        ca=environment.get("ELASTICSEARCH_CA") or None,
        alias=alias,
        shards=_whole_number(environment, "ELASTICSEARCH_SHARDS", default=1, lowest=1, highest=1_024),
        replicas=_whole_number(environment, "ELASTICSEARCH_REPLICAS", default=0, lowest=0, highest=10),
        refresh=_whole_number(environment, "ELASTICSEARCH_REFRESH", default=500, lowest=100, highest=60_000),
    )


def _cluster_address(environment: Mapping[str, str]) -> str:
    text = environment.get("ELASTICSEARCH_URL") or "http://127.0.0.1:9200"
    if not re.fullmatch(r"https?://[^\s/]+:\d{1,5}(/\S*)?", text):
        limit = "an address with a port, such as https://search.example.org:9200"
        shown = text.rpartition("@")[2]  # before that there may be a password
        raise SettingsError(f"ELASTICSEARCH_URL is {shown!r}, but has to be {limit}")
    return text


def _whole_number(environment: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise SettingsError(f"{name} is {text!r}, but has to be a whole number from {lowest:,} to {highest:,}")
    return int(text)


def _yes(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name) or "no"
    if text not in {"yes", "no"}:
        raise SettingsError(f"{name} is {text!r}, but has to be yes or no")
    return text == "yes"
