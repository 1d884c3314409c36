"""The list that every migration joins, in the order in which `__init__` imports their files."""

from sqlite_utils import Migrations

MIGRATIONS = Migrations("workbench")
