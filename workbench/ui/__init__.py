"""What the pages are built from: the one package that imports streamlit, besides app.py and pages/."""

from pathlib import Path

# A file of our own: for a Material icon the browser would ask fonts.gstatic.com, and nothing may leave the machine.
ICON = Path(__file__).with_name("icon.png")
