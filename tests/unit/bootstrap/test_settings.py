"""What the settings make of the environment."""

import pytest

from bootstrap.settings import SettingsError, read_settings

REDIS = "redis://127.0.0.1:6379/0"


def test_workers_are_told_over_the_redis_that_is_set() -> None:
    assert read_settings({"ENGINE": "elasticsearch", "REDIS_URL": REDIS}).redis_url == REDIS
    assert read_settings({"ENGINE": "elasticsearch", "REDIS_URL": ""}).redis_url is None


def test_an_address_is_shown_without_its_password() -> None:
    settings = read_settings({"ELASTICSEARCH_URL": "https://elastic:hush@search.example:9200/below"})
    assert settings.elasticsearch.address == "https://search.example:9200/below"
    with pytest.raises(SettingsError, match=r"ELASTICSEARCH_URL is 'search\.example', but") as refused:
        read_settings({"ELASTICSEARCH_URL": "https://elastic:1hush@search.example"})
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"REDIS_URL": REDIS}, "REDIS_URL is set, but ENGINE is 'embedded'"),
        ({"REDIS_URL": REDIS, "ENGINE": "embedded"}, "Set ENGINE=elasticsearch, or leave REDIS_URL out"),
        ({"REDIS_URL": "http://:hush@redis", "ENGINE": "elasticsearch"}, "REDIS_URL begins with 'http'"),
        ({"REDIS_URL": "hush", "ENGINE": "elasticsearch"}, "REDIS_URL begins with no scheme"),
    ],
    ids=["embedded by default", "embedded", "another scheme", "no scheme"],
)
def test_a_redis_that_cannot_be_used_is_refused(environment: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        read_settings(environment)
    assert "hush" not in str(refused.value)
