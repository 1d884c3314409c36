"""The scripts that make the models: one file per stage, one YAML per run.

pretrain_data -> pretrain (the starter only); prepare -> train -> checks -> export (with its proof)

`workbench` never imports this package, nor torch or transformers; this package may import `workbench`
(the prompts above all: rows for training are rendered by the functions that serve them).
"""

import os

# trl tells its makers of each trainer that is made. Nothing leaves the machine unless asked: read by huggingface_hub
# when it is imported, so it is set before anything else here is.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
