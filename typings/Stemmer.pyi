# What bench uses of PyStemmer, so that types are checked where it is not installed.
from collections.abc import Sequence

class Stemmer:
    def __init__(self, language: str) -> None: ...
    def stemWords(self, words: Sequence[str], /) -> list[str]: ...  # noqa: N802
