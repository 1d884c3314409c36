"""What can be asked for on the command line, and what comes back: the fields of a line in and of a line out.

Each class is one verb. Its fields are the fields of an input line (and the options of the command), its `answer`
builds the output line, and `--help` prints the descriptions written here.
"""

from pydantic import ValidationError

from workbench.cli.ask import COMMON_OUT, Ask, Record
from workbench.cli.brainstorm import Brainstorm
from workbench.cli.evaluate import Evaluate
from workbench.cli.refine import Refine
from workbench.errors import InputError

__all__ = ["COMMON_OUT", "VERBS", "Ask", "Brainstorm", "Evaluate", "Record", "Refine", "read"]


VERBS: dict[str, type[Ask]] = {kind.verb: kind for kind in (Brainstorm, Refine, Evaluate)}


def read(kind: type[Ask], fields: Record) -> Ask:
    """Return the ask that the fields make. Raises InputError with the first field that does not fit."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "missing":
            raise InputError(f"{kind.verb} needs {name}: {kind.model_fields[name].description}.") from error
        raise InputError(f"{name}={first['input']!r} cannot be used: {first['msg'].lower()}.") from error
