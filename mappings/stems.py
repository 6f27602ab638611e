"""Words that two releases of the English Snowball stemmer cut differently, with the stem that the older one gives.

tantivy has the older release, Elasticsearch a newer one that knows exceptions (organ-, univers-, emerg-, inter-, later,
past-) and a rule for -ologist. Of 156,439 words, those of the measured collections and of Debian's large British and
American word lists, these are all that differ; Elasticsearch is made to follow. A word that is in none of them may
still be cut differently.
"""

from pathlib import Path
from typing import Final

# In the notation of Elasticsearch's stemmer_override filter: "organization => organiz".
STEM_OVERRIDES: Final = tuple((Path(__file__).parent / "stem_overrides.txt").read_text(encoding="ascii").splitlines())
