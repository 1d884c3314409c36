"""The engine against the plain way, on one base and its adapters. `python -m workbench bench --adapter` prints it.

The plain way runs in a process of its own: two threads of one process that both run llama.cpp make libgomp cut its
spinning short at every barrier (more threads than cores), and everything in that process runs at 60 % of its speed.
"""

from workbench.engine.measuring.table import KEYS, measure, rows

__all__ = ["KEYS", "measure", "rows"]
