"""The tasks that a model can be chosen for, and which adapter of a model's manifest does each."""

TASKS = ("brainstorm", "refine", "evaluate")
ADAPTERS = {"brainstorm": "brainstorm", "refine": "refine", "evaluate": "refine"}


def chosen_by(task: str) -> str:
    """Return the task whose choice of a model holds for this one: a duel is a judgement."""
    return task if task in TASKS else "evaluate" if task == "duel" else "brainstorm"
