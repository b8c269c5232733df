"""The catalogue as files: the starter roles in the package, imported ones in the store's folder."""

from remit.adapters.catalogue.folder import FolderCatalogue
from remit.adapters.catalogue.starter import starter_roles

__all__ = ["FolderCatalogue", "starter_roles"]
