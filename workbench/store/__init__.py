"""Everything the workbench keeps: the store (one SQLite file) and the idea library (a read-only search index)."""

from workbench.store.entries import Entry, Version
from workbench.store.library import Library
from workbench.store.store import Store

__all__ = ["Entry", "Library", "Store", "Version"]
