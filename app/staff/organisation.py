"""Signing in with an organisation's OpenID Connect provider: the code flow with PKCE, state and nonce, by Authlib."""

import logging
from typing import Any, Final, Protocol, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, request, session
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from bootstrap.settings import OpenIdSettings
from catalogue.accounts import Identity

_log: Final = logging.getLogger(__name__)

_KEY: Final = "belong.organisation"
_NAME: Final = "organisation"
_PATIENCE: Final = 4  # seconds for each answer of the provider; somebody waits

# What Authlib keeps in the cookie for each sign-in that was begun; a cookie holds 4 KB.
_BEGUN: Final = f"_state_{_NAME}_"


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as one does."""


class SignInNotCompleted(Exception):
    """Somebody came back from the provider without being signed in there, or with an answer that cannot be trusted."""


class _Client(Protocol):
    """What is used of Authlib's client, which has no types."""

    def load_server_metadata(self) -> dict[str, Any]: ...
    def authorize_redirect(self, redirect_uri: str) -> Response: ...
    def authorize_access_token(self) -> dict[str, Any]: ...
    def userinfo(self, *, token: dict[str, Any]) -> dict[str, Any]: ...


def register_organisation(app: Flask, settings: OpenIdSettings) -> None:
    """Make the provider known to an application. It is asked for the first time when somebody signs in."""
    oauth = cast("Any", OAuth(app))
    client: _Client = oauth.register(
        _NAME,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": _PATIENCE,
        },
    )
    app.extensions[_KEY] = (client, settings)


def is_offered() -> bool:
    """Whether there is a provider."""
    return _KEY in current_app.extensions


def lead_to_provider(come_back_to: str) -> Response:
    """The redirect that begins a sign-in. Raises ProviderUnavailable."""
    client, settings = _provider()
    try:
        described: str = client.load_server_metadata().get("issuer", "")
        if described.rstrip("/") != settings.issuer.rstrip("/"):
            raise ProviderUnavailable(f"OIDC_ISSUER is {settings.issuer!r}, but it says of itself {described!r}")
        for key in [key for key in session if key.startswith(_BEGUN)]:
            session.pop(key)
        return client.authorize_redirect(come_back_to)
    except (requests.RequestException, AuthlibBaseError, RuntimeError, ValueError) as e:
        raise ProviderUnavailable(f"{type(e).__name__}: {e}") from e


def identity_from_provider() -> Identity:
    """Who came back from the provider with the present request.

    Raises SignInNotCompleted and ProviderUnavailable.
    """
    client, settings = _provider()
    try:
        token = client.authorize_access_token()
        claims: dict[str, Any] | None = token.get("userinfo")
        if claims is None or not claims.get("sub"):
            raise SignInNotCompleted("The answer has no id token")
        if "email" not in claims:  # most put it into the ID token, and some only here
            about = client.userinfo(token=token)
            claims = {**claims, **about} if about.get("sub") == claims["sub"] else claims
    except requests.RequestException as e:
        raise ProviderUnavailable(f"{type(e).__name__}: {e}") from e
    except (AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError) as e:
        reason = request.args.get("error", "")[:100]
        raise SignInNotCompleted(f"{type(e).__name__}: {e} {reason}") from e
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Identity(issuer=settings.issuer, subject=str(claims["sub"]), email=email or None)


def _provider() -> tuple[_Client, OpenIdSettings]:
    return cast("tuple[_Client, OpenIdSettings]", current_app.extensions[_KEY])
