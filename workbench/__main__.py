"""python -m workbench ...: the workbench without a browser."""

import sys

from workbench.cli import main

if __name__ == "__main__":
    try:
        status = main()
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("workbench"):
            raise
        status = 1
        print(
            f"{error.name} is not installed for {sys.executable}: run `make setup`, then use "
            ".venv/bin/python -m workbench.",
            file=sys.stderr,
        )
    sys.exit(status)
