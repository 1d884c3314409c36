"""python -m workbench ...: the workbench without a browser."""

import sys

from workbench.cli import main

if __name__ == "__main__":
    sys.exit(main())
