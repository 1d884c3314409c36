"""The figures in words: Markdown tables for people, a row each figure, a column each control."""

from collections.abc import Sequence
from typing import Any

from workbench.assist.prompts import CHECKS
from workbench.bench.quality.judgements import BAD

TIMES = {"brainstorm": "brainstorm", "refine": "refine", "evaluate": "checks", "judgement": "judgement"}
COLUMNS = {
    "nothing": "do nothing", "random": "random", "shuffled": "shuffled", "length": "length alone", "written": "written",
}  # fmt: skip
PER_CENT, MORE, PLAIN, FINE, GAIN = "{:.1%}", "{:+.1%}", "{:.2f}", "{:.3f}", "{:+.2f}"
BRAINSTORM = {
    "valid": ("valid form", PER_CENT),
    "different_lenses": ("really different of {n}, with lenses", PLAIN),
    "different_plain": ("... without lenses", PLAIN),
    "different_gain": ("... lenses more", GAIN),
    "different_lenses_focused": ("really different of {n}, focused, with lenses", PLAIN),
    "different_plain_focused": ("... without lenses", PLAIN),
    "different_gain_focused": ("... lenses more", GAIN),
    "different_lenses_greedy": ("really different of {n}, likeliest words, with lenses (1 without)", PLAIN),
    "pairwise_similarity": ("mean pairwise similarity, TF-IDF, with lenses", FINE),
    "pairwise_similarity_plain": ("... without lenses", FINE),
    "vendi": ("Vendi score, TF-IDF, with lenses", PLAIN),
    "vendi_plain": ("... without lenses", PLAIN),
    "vendi_gain": ("... lenses more", GAIN),
    "pairwise_similarity_embedded": ("mean pairwise similarity, sentence embeddings, with lenses", FINE),
    "pairwise_similarity_embedded_plain": ("... without lenses", FINE),
    "vendi_embedded": ("Vendi score, sentence embeddings, with lenses", PLAIN),
    "vendi_embedded_plain": ("... without lenses", PLAIN),
    "vendi_embedded_gain": ("... lenses more", GAIN),
    "repeated_across_topics": ("repeats an idea of an unrelated topic", PER_CENT),
    "repeated_from_library": ("repeats a written idea of an unrelated topic", PER_CENT),
    "topic_retrieval": ("own topic the nearest of ten, TF-IDF, with lenses", PER_CENT),
    "topic_retrieval_plain": ("... without lenses", PER_CENT),
    "topic_retrieval_gain": ("... lenses more", MORE),
    "topic_retrieval_embedded": ("own topic the nearest of ten, sentence embeddings, with lenses", PER_CENT),
    "topic_retrieval_embedded_plain": ("... without lenses", PER_CENT),
    "topic_retrieval_embedded_gain": ("... lenses more", MORE),
}
REFINE = {
    "refine_noop": ("nothing changed", PER_CENT),
    "refine_lost_facts": ("names and numbers lost", PER_CENT),
    "refine_length_ratio": ("length, after over before (median)", PLAIN),
    "refine_drift": ("content words of the idea that are gone", PER_CENT),
    "refine_goal_met": ("nearer to its goal", PER_CENT),
    "refine_useful": ("... and nothing lost, and still the same idea", PER_CENT),
}
EVALUATE = {
    "scores_spread": ("spread of the 1-5 scores over ideas (SD)", PLAIN),
    "order_consistency": ("same verdict in both answer orders", PER_CENT),
    "wording_consistency": ("same verdict in all wordings", PER_CENT),
    "checks_unsure": ("checks that the page calls unsure", PER_CENT),
    "checks_auc_mean": ("AUC against the held-out labels, mean of the eight", PLAIN),
    "checks_auc_wordings": ("... by number / by statement / by question", PLAIN),
    "label_agreement": ("agreement with the held-out labels", PER_CENT),
    "label_agreement_sure": ("... where the page is not unsure", PER_CENT),
    "label_kappa": ("... Cohen's kappa", PLAIN),
    "originality_pearson": ("novelty against people's ratings of originality, Pearson's r", PLAIN),
    "originality_spearman": ("... Spearman's rho", PLAIN),
}


def tables(measured: dict[str, Any]) -> str:
    """Return all figures as Markdown."""
    where, model, asked = measured["machine"], measured["model"], measured["settings"]
    topics = "held-out topics" if asked["held_out_topics"] else "topics of the file"
    head = (
        f"{model['name']}, {model['parameters'] / 1e6:.1f} M parameters, on {where['processor']}, {where['cores']} "
        f"cores; {asked['topics']} {topics}, {asked['n']} ideas on each, seed {asked['seed']}"
    )
    parts = [head]
    for title, rows in (("Brainstorm", BRAINSTORM), ("Refine", REFINE), ("Evaluate", EVALUATE)):
        parts.append(f"**{title}**\n\n{_controlled(measured, rows)}")
    parts += [f"**The eight checks, AUC**\n\n{_checks(measured)}", f"**Seconds**\n\n{_times(measured)}"]
    return "\n\n".join(parts)


def _controlled(measured: dict[str, Any], rows: dict[str, tuple[str, str]]) -> str:
    there = {key: row for key, row in rows.items() if key in measured}
    controls = measured["controls"]
    columns = [name for name in COLUMNS if any(name in controls.get(key, {}) for key in there)]
    lines = []
    for key, (words, form) in there.items():
        interval = measured["intervals"].get(key)
        between = " to ".join(_said(end, form) for end in interval) if interval else ""
        beside = [_said(controls[key][name], form) if name in controls.get(key, {}) else "" for name in columns]
        words = words.format(n=measured["settings"]["n"])
        lines.append([words, _said(measured[key], form), between, *beside])
    return _markdown(["figure", "model", "95 % interval", *(COLUMNS[name] for name in columns)], lines)


def _checks(measured: dict[str, Any]) -> str:
    """Return the checks with what they were told apart by, a row each."""
    keys = {"checks_auc": "labels", "checks_auc_length_matched": "labels, length matched"}
    keys |= {f"known_{name}_auc": f"good / {name.replace('_', ' ')}" for name in BAD}
    lines = []
    for place, check in enumerate(CHECKS):
        lines.append([f"{place + 1}. {check}"])
        for key in keys:
            mine, length = measured[key][place], measured["controls"][key]["length"][place]
            lines[-1].append(f"{_said(mine, PLAIN)} ({_said(length, PLAIN)})")
        lines[-1].append(_said(measured["swapped_topic_auc"][place], PLAIN))
    return _markdown(["check (by length alone)", *keys.values(), "own topic / another's"], lines)


def _times(measured: dict[str, Any]) -> str:
    words = {
        "brainstorm": f"brainstorm: {measured['settings']['n']} ideas", "refine": "refine: one rewrite",
        "evaluate": "evaluate: every check in every wording and order", "judgement": "... and the judgement in words",
    }  # fmt: skip
    return _markdown(
        ["verb", "seconds (median)"],
        [[words[name], _said(measured[f"seconds_{name}"], "{:.2f}")] for name in TIMES],
    )  # fmt: skip


def _said(value: float | list[float | None] | None, form: str) -> str:
    if isinstance(value, list):
        return " / ".join(_said(one, form) for one in value)
    return "not measured" if value is None else form.format(value)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
