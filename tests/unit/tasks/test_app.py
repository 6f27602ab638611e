"""The Celery application as it is set up."""

from datetime import timedelta

import pytest
from celery import Celery
from celery.schedules import crontab

from bootstrap.settings import SettingsError, read_settings
from tasks.app import make_app


@pytest.fixture
def app() -> Celery:
    return make_app(read_settings({"ENGINE": "elasticsearch", "REDIS_URL": "redis://127.0.0.1:1/0"}))


def test_the_schedule_sweeps_every_fifteen_seconds_and_reconciles_every_night(app: Celery) -> None:
    entries = app.conf.beat_schedule.values()
    assert {entry["task"]: entry["schedule"] for entry in entries} == {
        "belong.sweep": timedelta(seconds=15),
        "belong.reconcile": crontab(hour="3", minute="0"),
    }
    assert {entry["task"] for entry in entries} < set(app.tasks)
    assert app.conf.timezone == "UTC"


def test_a_message_lives_until_its_task_is_done(app: Celery) -> None:
    task = app.tasks["belong.index"]
    assert task.acks_late
    assert task.reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_nothing_but_json_is_read_and_no_result_is_kept(app: Celery) -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.result_backend is None
    assert app.tasks["belong.index"].ignore_result


def test_without_a_redis_there_is_no_application() -> None:
    with pytest.raises(SettingsError, match="REDIS_URL is not set"):
        make_app(read_settings({"ENGINE": "elasticsearch"}))
