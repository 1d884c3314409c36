"""Model files: what lies on disk, whether it is whole, and which adapters belong to which base."""

from workbench.models.installed import Installed, knows_checks, read_model

__all__ = ["Installed", "knows_checks", "read_model"]
