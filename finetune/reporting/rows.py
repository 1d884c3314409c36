"""The rows of the table: each figure in words, how it is written, and what is to be reached."""

from dataclasses import dataclass

from workbench.assist.prompts import CHECKS
from workbench.bench.quality.figures import Figure

PER_CENT, MORE, PLAIN, FINE = "{:.1%}", "{:+.1%}", "{:.2f}", "{:.3f}"


@dataclass(frozen=True)
class Row:
    """One figure. What is to be reached is one of the last three, or nothing."""

    key: str
    words: str
    form: str
    least: float | None = None
    most: float | None = None
    half_way: bool = False  # at least half way from the shuffled end to the written one

    def goal(self, figure: Figure | None) -> tuple[float, bool] | None:
        """Return the bound and whether it is one from below; None where there is nothing to be reached."""
        if self.half_way and figure:
            ends = [figure.controls.get(name) for name in ("written", "shuffled")]
            return None if None in ends else (sum(ends) / 2, True)
        if self.least is not None:
            return self.least, True
        return None if self.most is None else (self.most, False)

    def reached(self, figure: Figure | None) -> bool | None:
        """Say whether the figure is as good as it is to be; None where that cannot be said."""
        goal = self.goal(figure)
        if goal is None or figure is None or figure.value is None:
            return None
        bound, from_below = goal
        return figure.value >= bound if from_below else figure.value <= bound


RELATIVE = "bits_per_byte_relative"
ROWS = (
    Row("topic_nearest", "own topic the nearest of ten (all-MiniLM-L6-v2)", PLAIN, least=0.40),
    Row("topic_nearest_words", "... by words (TF-IDF)", PLAIN),
    Row("pairwise_cosine", "mean cosine of two ideas on one topic (all-MiniLM-L6-v2)", FINE, most=0.35),
    Row("bits_per_byte", "bits per byte of held-out ideas under their lenses", FINE),
    Row(RELATIVE, "... against the first model's", MORE, most=-0.15),
    Row("bits_per_byte_base", "... by the base alone", FINE),
    Row("made_up_words", "words neither in 50,000 English ones nor in the topic", "{:.2%}", most=0.01),
    Row("made_up_words_of_all", "... nor in 320,000 English ones", "{:.2%}"),
    Row("valid", "valid form", PER_CENT, least=0.99),
    Row("different", "really different of {n}", PLAIN, least=7.5),
    Row("copied", "copies 8 words in a row from an idea trained on", PER_CENT, most=0.20),
    Row("lens_obeyed", "shows its lens: by a word, or nearest of ten lenses", PER_CENT, half_way=True),
    Row("lens_by_word", "... by a word", PER_CENT),
    Row("lens_nearest", "... its lens the nearest of ten (all-MiniLM-L6-v2)", PER_CENT),
    Row("refine_facts_kept", "refine: names and numbers kept", PER_CENT, least=0.90),
    Row("refine_shorter", "refine, `shorter`: has fewer words", PER_CENT, least=0.90),
    Row("refine_shorter_all", "... asked of any idea", PER_CENT),
    Row("refine_measurable", "refine, `measurable`: has a number", PER_CENT, least=0.70),
    Row("refine_measurable_all", "... asked of any idea that has none", PER_CENT),
    Row("refine_same_idea", "refine: still the same idea (a fifth of its content words)", PER_CENT),
    Row("refine_noop", "refine: nothing changed", PER_CENT),
    Row("checks_auc_mean", "evaluate: AUC of the checks, mean of the eight", PLAIN, least=0.70),
    Row("checks_auc_length_matched_mean", "... between ideas of equal length", PLAIN),
    *(Row(f"check_{number}_auc", f"... {number}. {words}", PLAIN) for number, words in enumerate(CHECKS, 1)),
    Row("originality_pearson", "evaluate: novelty against people's ratings (Pearson's r)", PLAIN, least=0.40),
)
