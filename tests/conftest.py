"""What all tests share: `--long` looks for rarer mistakes with more generated examples."""

import hypothesis
import pytest

# No deadline: on a busy machine a slow example is no mistake.
hypothesis.settings.register_profile("short", deadline=None)
hypothesis.settings.register_profile("long", deadline=None, max_examples=5_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="try fifty times as many generated examples")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("long" if config.getoption("--long") else "short")
