"""What stands behind `python -m finetune.starter_report`: material, figures, bits per byte, tables, the blind sheet."""
