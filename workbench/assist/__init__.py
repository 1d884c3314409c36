"""What the engine is asked and how its answer is read."""
