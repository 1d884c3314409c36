"""From data sets of any common form to splits that training reads: read, recognise, filter, deduplicate, split."""
