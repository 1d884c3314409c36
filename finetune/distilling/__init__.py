"""Rows from a larger model: what it is asked, asking it for hours without a row lost or doubled, what is kept."""
