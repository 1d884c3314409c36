"""What a proof compares: token ids, logits, held-out rows, and an answer by the app's own engine."""
