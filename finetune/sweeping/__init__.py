"""The stages of finetune.sweep: what to try, who tries it, what came of it."""
