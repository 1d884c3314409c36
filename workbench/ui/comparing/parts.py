"""The parts of the Compare page, in the order of its switch."""


from workbench.ui.comparing import batch, charts, live, table, voting

PARTS = {
    "Try one": live.show,
    "Batch": batch.show,
    "Table": table.show,
    "Charts": charts.show,
    "Vote": voting.show,
}
