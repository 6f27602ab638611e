"""What the embedded engine's highlighting leans on."""

from itertools import product
from string import ascii_lowercase

from engines.embedded.highlight import _start_of_words, _stem

ENDINGS = "s es ed ing ies ied ying y ly eing er al ness ful ation".split()


def test_a_word_starts_as_the_words_of_its_stem_do() -> None:
    beginnings = ("".join(letters) for length in (1, 2, 3) for letters in product(ascii_lowercase, repeat=length))
    words = [beginning + ending for beginning in beginnings for ending in ("", *ENDINGS)]
    assert [word for word in words if not word.startswith(_start_of_words(_stem(word)))] == []
