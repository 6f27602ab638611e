"""The numbers of the query language: what is too long, too deep or too common, and how many words are required."""

from typing import Final

# A longer query is refused where it comes in. The longest title in the catalogue has under 500 characters.
MAX_QUERY_LENGTH: Final = 4_000

# Words past these are left out: every word costs a look into each text field of the index.
MAX_TERMS: Final = 256

# Parentheses that are nested deeper are left out. Nobody writes them; a tree has to stay shallow enough to be walked,
# and Elasticsearch takes clauses within clauses thirty deep.
MAX_DEPTH: Final = 8

# More notes than these are not read by anybody.
MAX_NOTES: Final = 8

# A shorter beginning would find nearly everything.
SHORTEST_PREFIX: Final = 2

# Stars past these are left out: each is looked up in the index's list of words. With 22,000 records and two letters
# before each star a search took .04 s of the processor's time with one, .2 s with 16 and .8 s with 256.
MAX_PREFIXES: Final = 16

# Fields whose values are numbers cut up by punctuation: the parts of a value stand together or the value is not there.
WHOLE_VALUE_FIELDS: Final = frozenset({"identifiers"})

# Up to this many content words typed side by side are all required, and of more never fewer.
_ALL_REQUIRED_UP_TO: Final = 4

# Of longer queries this share is required, rounded up. Measured by BM25 over the records that have enough of the words
# (nDCG@10 on cisi, cranfield, cacm, adi): any word .380 .357 .479 .486; half .305 .248 .418 .415; half, but any word
# where fewer than 20 records have half of them .376 .354 .477 .486. A third or a quarter lost more than half did on
# three of the four sets, so the share matters less than what happens where it finds little.
_SHARE_REQUIRED: Final = (1, 2)


def required(content_words: int) -> int:
    """How many of so many words typed side by side a record has to have."""
    of, parts = _SHARE_REQUIRED
    share = -(-content_words * of // parts)
    return min(content_words, max(_ALL_REQUIRED_UP_TO, share))


# A long query that finds fewer records than fill a page is answered with those that any of its words finds: they are
# ordered by how much of it they have. Measured on four judged collections: without it long questions lose .05 to .1
# nDCG@10, for too few records have half of their words (docs/decisions/0003-ranking.md).
FEW_RESULTS: Final = 20
