"""Nobody who knows the names of facet values."""

from collections.abc import Mapping, Sequence

from search.request import FacetValue


class NoLabels:
    """Implements `search.discovery.FacetLabels`."""

    def labels(self, facet: str, values: Sequence[FacetValue]) -> Mapping[FacetValue, str]:
        return {}
