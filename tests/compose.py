"""docker-compose.yml as Compose reads it: merged, and with the variables of the environment put in."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ruamel.yaml import YAML

from tests.processes import ROOT

FILE: Final = ROOT / "docker-compose.yml"

# ${NAME}, ${NAME:-default}, ${NAME:?message}, and $$ for one $.
_VARIABLE: Final = re.compile(r"\$\$|\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}")


def read_compose(environment: Mapping[str, str]) -> Any:
    """The whole file. Raises KeyError for a variable that has to be set and is not."""
    with FILE.open(encoding="utf-8") as file:
        return _put_in(YAML(typ="safe").load(file), environment)


def variables() -> dict[str, str]:
    """The variables that the file asks for, each with how it does so: nothing, :- or :?."""
    found = _VARIABLE.finditer(FILE.read_text(encoding="utf-8"))
    return {match[1]: match[2] or "" for match in found if match[1]}


def _put_in(value: Any, environment: Mapping[str, str]) -> Any:
    match value:
        case str():
            return _VARIABLE.sub(lambda found: _value(found, environment), value)
        case dict():
            return {name: _put_in(each, environment) for name, each in value.items()}
        case list():
            return [_put_in(each, environment) for each in value]
        case _:
            return value


def _value(found: "re.Match[str]", environment: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    if environment.get(found[1]):
        return environment[found[1]]
    if found[2] == ":-":
        return found[3]
    raise KeyError(f"{found[1]} {found[3]}")
