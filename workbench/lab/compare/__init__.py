"""Comparing models: plans and their job, answers with figures, pairs to vote on blind, and what the votes come to."""

from workbench.lab.compare.contenders import distinct, installed, on_server, parse
from workbench.lab.compare.documents import FORMS, document, number, rows, said, verdict_record
from workbench.lab.compare.figures import Figures, Results, Row, Spread, results
from workbench.lab.compare.outside import import_file, import_pairs
from workbench.lab.compare.pairs import Pair, Pairs, question
from workbench.lab.compare.standings import Ballot, Verdict, ballot
from workbench.lab.compare.starting import ask_live, plan, start, start_judge
from workbench.lab.compare.work import work

__all__ = [
    "FORMS", "Ballot", "Figures", "Pair", "Pairs", "Results", "Row", "Spread", "Verdict", "ask_live", "ballot",
    "distinct", "document", "import_file", "import_pairs", "installed", "number", "on_server", "parse", "plan",
    "question", "results", "rows", "said", "start", "start_judge", "verdict_record", "work",
]  # fmt: skip
