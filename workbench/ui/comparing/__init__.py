"""The Compare page: try one model, run a batch, read the table and the charts, vote blind."""
