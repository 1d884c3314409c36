"""What training brought and what it cost: losses, tasks, the app's own figures, blind duels; base against tuned."""
