"""Two runs beside each other: where their configs differ, and what each came to."""

from typing import Any

from workbench.training.runs import Run


def differences(first: Run, second: Run) -> list[tuple[str, str, str, bool]]:
    """Return (setting, value in one, value in the other, whether they differ) of every setting, those that do first."""
    names = list(dict.fromkeys([*first.config, *second.config]))
    rows = [(name, _shown(first.config, name), _shown(second.config, name)) for name in names]
    told = [(name, one, other, one != other) for name, one, other in rows]
    return sorted(told, key=lambda row: not row[3])


def _shown(config: dict[str, Any], name: str) -> str:
    if name not in config:
        return "not set"
    value = config[name]
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)[:200]
