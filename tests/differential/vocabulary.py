"""The words that generated records and queries are made of."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Final

from catalogue.record import Record
from mappings.analysis import tokens

# Beginnings that stemmers have rules of their own for, and some of social research.
_BEGINNINGS: Final = "inter organ emerg univers later past gener commun arsen over non socio multi anti under".split()
_SYLLABLES: Final = "ba cor di fel gan hus in jo kel lan mo nar or pli qua ren sol tur un vi wes yar zen ay ey".split()
_ENDINGS: Final = (
    "s es ed ing ingly edly ly al ally ality alise alize alism ation ations ational ative ator ement ments ency ance "
    "ism ists istic ity ities ive iveness ously ousness fulness less ness er ers ical ically able ibility ate ating "
    "ion ions ogy ological ologist ologists ies ied y ying"
).split()

# What is written otherwise than in plain letters: accents, other scripts, punctuation within, signs, and very long.
UNUSUAL: Final = (
    *"İstanbul IŞIK Kadıköy ΟΔΥΣΣΕΥΣ Σίσυφος naïve façade Ångström Straße STRASSE Łódź Søren Ærø Þór œuvre".split(),
    *"ﬁnance ＡＢＣ ᴀʙᴄ 社会融合 コーヒー 한국어 مرحبا שלום नमस्ते தமிழ் Việt Đà O’Brien O'Neill don't Britain’s".split(),
    *"e\u0301migre\u0301 a\u0301\u0323 co\u00adhesion well‑being well-being state-of-the-art and/or 2016–17".split(),
    *"U.K. A.B. AT&T C++ ١٢٣ ² ⑴ ℡ Ⅷ ǅ 1️⃣ ❤️ 👩‍🎓 WHO IT us it the being".split(),
    *"Многонациональность социально-экономический эмоциональнонеустойчивоерасстройстволичности".split(),
    "ทุนทางสังคมและการมีส่วนร่วมของชุมชน",
    "ปัจจัยที่มีผลต่อความเป็นอันหนึ่งอันเดียวกันทางสังคมและการมีส่วนร่วมของประชาชนในชุมชนเมือง",
    *("x" * 80, "x" * 81, "é" * 41, "ж" * 80, "я" * 81, "社" * 90),
)


class Vocabulary:
    """Words that are drawn by Zipf's law: the first most often."""

    def __init__(self, words: Iterable[str]) -> None:
        """The words in falling frequency."""
        self.words: Sequence[str] = list(dict.fromkeys(words))
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))

    def draw(self, random: Random, count: int) -> list[str]:
        """Some words, one in a hundred an unusual one."""
        drawn = random.choices(self.words, cum_weights=self._weights, k=count)
        return [random.choice(UNUSUAL) if random.random() < 0.01 else word for word in drawn]


def build_vocabulary(random: Random, sample: Sequence[Record], size: int = 6_000) -> Vocabulary:
    """The words of the sample library as often as they occur there, then made ones."""
    texts = (text for record in sample for text in (record.title, record.abstract or ""))
    known = Counter(token for text in texts for token in tokens(text))
    return Vocabulary([*(word for word, _ in known.most_common()), *(made_word(random) for _ in range(size))])


def misspelt(random: Random, word: str) -> str:
    """The word with one or two slips after its first letter."""
    for _ in range(random.choice([1, 1, 2])):
        at = random.randrange(1, max(2, len(word)))
        letter = random.choice("aeinrst")
        word = random.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            ]
        )
    return word


def made_word(random: Random) -> str:
    """A word that English might have, with the beginnings and endings that stemmers know."""
    beginning = random.choice(_BEGINNINGS) if random.random() < 0.2 else ""
    middle = "".join(random.choices(_SYLLABLES, k=random.randint(0 if beginning else 1, 3)))
    return beginning + middle + "".join(random.choices(_ENDINGS, k=random.choice([0, 1, 1, 2])))
