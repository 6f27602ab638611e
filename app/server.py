"""The HTTP server: gunicorn, set up in code."""

import gc
import socket
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from app.factory import create_app
from app.listening import shown_address
from app.worker import Worker
from bootstrap.services import Services, build_services
from bootstrap.settings import Settings

_GRACE: Final = 10  # seconds for answers under way after SIGTERM


class _Log(Logger):
    """gunicorn's log, as a part of ours."""

    def setup(self, cfg: Config) -> None:
        """Called by gunicorn."""
        super().setup(cfg)
        self.error_log.propagate = True


class Server(BaseApplication):
    """gunicorn with the settings of the service: each process has its own services, made after the fork."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        """Takes over a socket that listens."""
        self._settings = settings
        self._descriptor: Final = listener.detach()
        self._services: Services | None = None
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        options: dict[str, Any] = {
            "bind": f"fd://{self._descriptor}",
            "workers": self._settings.web_processes,
            "threads": self._settings.web_threads,
            "worker_class": Worker,
            "graceful_timeout": _GRACE,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # TRUSTED_PROXIES says whom to believe, see app.factory
            "loglevel": "warning",
            "errorlog": None,
            "logger_class": _Log,
            "when_ready": _print_address,
            "worker_exit": self._stop,
            "on_exit": _end_quickly,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 - a Flask, which gunicorn knows by another type
        """Called by gunicorn in each worker process."""
        self._services = self._build_services()
        return create_app(self._services)

    def _build_services(self) -> Services:
        """With workers beside it this process only tells them what changed; else it takes part in the indexing."""
        if self._settings.redis_url is not None:
            # Late: who has no workers need not wait for Celery.
            from tasks.nudge import start_nudge

            return build_services(self._settings, nudge=start_nudge(self._settings))
        services = build_services(self._settings)
        services.indexer.start()
        return services

    def _stop(self, server: object, _worker: object) -> None:
        if self._services is not None:
            self._services.indexer.stop()
        _end_quickly(server)


def _end_quickly(_server: object) -> None:
    """Keep Python from looking through all objects for circles before it ends: half a second, for nothing."""
    gc.freeze()


def _print_address(server: Any) -> None:  # noqa: ANN401 - gunicorn's arbiter
    address = shown_address(server.LISTENERS[0].sock.getsockname())
    print(f"The library is open at {address} (Ctrl+C closes it)", flush=True)  # noqa: T201
