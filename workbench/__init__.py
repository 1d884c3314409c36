"""The brainstorming workbench: brainstorm, refine and evaluate ideas with small models on your own CPU."""

__version__ = "0.1.0"
