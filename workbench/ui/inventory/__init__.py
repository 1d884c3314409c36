"""The Models page's parts: what is in use and in memory, what is installed, what can be had, what was chosen when."""
