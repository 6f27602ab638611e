"""The engines that have to pass, each in an empty place of its own."""

import re
import secrets
from itertools import count
from pathlib import Path

from engines.elasticsearch.cluster import build_elasticsearch
from engines.elasticsearch.indices import IndexSettings
from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from mappings.form import PRESENT, IndexForm
from search.engine import GenerationName
from tests.conformance.library import EngineUnderTest, Library


def embedded_engine(folder: Path) -> EngineUnderTest:
    """An embedded engine in a folder."""
    numbers = count(1)

    def in_release(form: IndexForm) -> EngineUnderTest:
        generations = GenerationFolders(folder / "index", form)
        return EngineUnderTest(
            engine=EmbeddedEngine(generations),
            writer=EmbeddedWriter(generations),
            fresh_name=lambda: GenerationName(f"g{next(numbers)}"),
            in_release=in_release,
        )

    return in_release(PRESENT)


def elasticsearch_engine(folder: Path, url: str) -> EngineUnderTest:
    """An alias of its own in the one server; a folder's name is unique in a test run."""
    numbers = count(1)
    alias = f"{re.sub('[^a-z0-9]', '', folder.name.lower())[-40:]}{secrets.token_hex(4)}"
    settings = IndexSettings(refresh=100)

    def in_release(form: IndexForm) -> EngineUnderTest:
        engine, writer = build_elasticsearch(url=url, api_key=None, ca=None, alias=alias, index=settings, form=form)
        return EngineUnderTest(
            engine=engine,
            writer=writer,
            fresh_name=lambda: GenerationName(f"g{next(numbers)}"),
            in_release=in_release,
        )

    return in_release(PRESENT)


def new_library(made: EngineUnderTest) -> Library:
    """An empty library in an engine, which can be searched."""
    generation = made.fresh_name()
    made.writer.create(generation)
    made.writer.activate(generation)
    return Library(engine=made.engine, writer=made.writer, generation=generation)
