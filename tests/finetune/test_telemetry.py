"""Training tells nobody that it happens. pytest tests/finetune/test_telemetry.py"""

import os
import subprocess
import sys

CODE = "import finetune; from huggingface_hub import constants; print(constants.HF_HUB_DISABLE_TELEMETRY)"


def test_the_libraries_report_nothing() -> None:
    kept = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    done = subprocess.run([sys.executable, "-c", CODE], env=kept, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "True", done.stderr
