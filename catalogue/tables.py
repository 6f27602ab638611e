"""All tables of the catalogue, for what is done with every one of them: migrations and copies."""

from typing import Final

from catalogue import models, staff_models

# A model is known to its metadata once its module is imported: whoever adds a module names it here.
_DECLARED_IN: Final = (models, staff_models)

METADATA: Final = models.Base.metadata
