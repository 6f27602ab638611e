"""The numbers of ranking, the same for every engine. Weights of fields stand in `mappings.fields`.

Each was chosen by measurement on judged collections (`script/bench relevance`; docs/decisions).
"""

from typing import Final

# A word found in several fields scores as in the best of them, plus this part of the others.
TIE_BREAKER: Final = 0.3

# Added to the score of a record that has all words of a long query, of which only some are required.
ALL_WORDS_BONUS: Final = 5.0

# A query that is a record's whole title: above any score that words can reach.
EXACT_TITLE_SCORE: Final = 10_000.0
