# What bench uses of bm25s, so that types are checked where it is not installed.
from collections.abc import Sequence
from typing import Protocol

from bm25s.tokenization import Tokenized

class _Stemmer(Protocol):
    def stemWords(self, words: Sequence[str], /) -> list[str]: ...  # noqa: N802

def tokenize(texts: list[str], *, stopwords: str, stemmer: _Stemmer, show_progress: bool) -> Tokenized: ...

class BM25:
    def __init__(self, *, method: str, k1: float, b: float) -> None: ...
    def index(self, corpus: Tokenized, *, show_progress: bool) -> None: ...
    def retrieve(
        self, query_tokens: Tokenized, *, k: int, show_progress: bool
    ) -> tuple[Sequence[Sequence[int]], Sequence[Sequence[float]]]: ...
