"""What the linters do not see of how the project is laid out."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["app", "bootstrap", "catalogue", "engines", "indexer", "mappings", "search", "tasks"]
MODULES = [file.relative_to(ROOT) for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]

VAGUE = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc", "core", "lib"}

# Names under which the environment is read.
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}


def _reads_environment(module: Path) -> bool:
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if name in ENVIRONMENT:
                return True
            case ast.ImportFrom(module="os", names=names) if ENVIRONMENT & {alias.name for alias in names}:
                return True
            case _:
                pass
    return False


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 80


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_a_name_that_says_something_and_a_docstring(module: Path) -> None:
    assert module.stem not in VAGUE
    assert ast.get_docstring(ast.parse((ROOT / module).read_text(encoding="utf-8")))


def test_only_the_settings_read_the_environment() -> None:
    assert [module.as_posix() for module in MODULES if _reads_environment(module)] == ["bootstrap/settings.py"]


def test_ports_are_implemented_with_the_names_and_parameters_that_they_have() -> None:
    """An engine that forgets a parameter's name works until somebody calls it by that name."""
    ports = _methods(ROOT / "search" / "engine.py")
    adapters = [
        (folder / "engine.py", folder / "writer.py")
        for folder in sorted((ROOT / "engines").iterdir())
        if (folder / "engine.py").is_file() and (folder / "writer.py").is_file()
    ]
    assert adapters
    for engine, writer in adapters:
        found = {**_methods(engine), **_methods(writer)}
        for port, name in (("SearchEngine", "Engine"), ("IndexWriter", "Writer")):
            [implementation] = [methods for class_, methods in found.items() if class_.endswith(name)]
            assert implementation.items() >= ports[port].items()


def _methods(module: Path) -> dict[str, dict[str, list[str]]]:
    """The public methods of each class with the names of their parameters."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {
        class_.name: {
            method.name: [argument.arg for argument in (*method.args.args, *method.args.kwonlyargs)]
            for method in class_.body
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("_")
        }
        for class_ in tree.body
        if isinstance(class_, ast.ClassDef)
    }
