"""The Feedback page's parts: what people said, how often, whether it is fair, and out as data sets."""
