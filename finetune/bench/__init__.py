"""How quick the scripts are: `python -m finetune.bench.trainer`, `.packing`, `.prepare`."""
