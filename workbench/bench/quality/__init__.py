"""Figures of quality for the three verbs, each with its controls: docs/quality.md tells what they mean.

    python -m workbench quality --n 16 --json
"""
