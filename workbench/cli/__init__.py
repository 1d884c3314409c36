"""The workbench without a browser: the pages' verbs on the command line, one at a time or a file of them.

    python -m workbench brainstorm "How can the library stay open on Sundays?" --n 8
    python -m workbench evaluate --input ideas.jsonl > judged.jsonl
"""

from workbench.cli.command import main

__all__ = ["main"]
