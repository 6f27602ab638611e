"""What the Content-Security-Policy forbids is in no template."""

import re
from pathlib import Path

import pytest

from app.web.help import SECTIONS
from app.web.links import STATIC_FOLDER
from search.language.reader import read_query

APP = STATIC_FOLDER.parents[1]
TEMPLATES = sorted(APP.glob("*/templates/**/*.html"))
SCRIPTS = sorted(STATIC_FOLDER.glob("*.js"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_styles_or_scripts_of_its_own(template: Path):
    text = template.read_text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|\|\s*safe", text) == []


# What Trusted Types keep from being given a text.
SINKS = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|parseFromString|createContextualFragment|srcdoc|eval\("


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_or_code_of_a_text(script: Path):
    assert re.findall(SINKS, script.read_text()) == []


def test_pictures_that_are_used_are_in_the_sprite():
    known = set(re.findall(r'<symbol id="(\w+)"', (STATIC_FOLDER / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r"icon\('(\w+)'", path.read_text())}
    assert named
    assert named <= known


def test_styles_load_nothing_from_elsewhere():
    for sheet in STATIC_FOLDER.glob("*.css"):
        assert re.findall(r"url\(\"?(?!\"?fonts/)[^)]*|@import", sheet.read_text()) == []


@pytest.mark.parametrize("query", [example.query for section in SECTIONS for example in section.examples])
def test_every_example_of_the_help_is_read_without_a_note(query):
    assert read_query(query).notes == ()
