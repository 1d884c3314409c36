"""From a teacher's answer to what a student is trained on, or the reason why it is none."""

from finetune.distilling.asks import Ask
from finetune.rowdata.forms import Unusable
from workbench.assist import prompts, really_different, valid_form
from workbench.assist.difference import words
from workbench.assist.facts import lost_facts
from workbench.assist.reading import read_judgement, split_line, split_list

FEWEST = 3  # ideas of a list worth learning from


def read(ask: Ask, answer: dict) -> tuple[list[dict], str]:
    """Return (the student's prompt, its answer) for a written answer. Raises Unusable with the reason."""
    if answer["cut_off"]:
        raise Unusable("cut off at max_tokens")
    if not answer["text"].strip():
        raise Unusable("no answer")
    return READERS[ask.task](ask, answer["text"])


def _one_idea(ask: Ask, text: str) -> tuple[list[dict], str]:
    lines = split_list(text)
    if len(lines) != 1:
        raise Unusable("more than the one line asked for")
    return ask.messages[0], _formed(lines[0])


def _idea_list(ask: Ask, text: str) -> tuple[list[dict], str]:
    """A list with other than the wanted number of ideas is one of that number."""
    lines = []
    for line in split_list(text):
        try:
            lines.append(_formed(line))
        except Unusable:
            continue
    if len(lines) < FEWEST:
        raise Unusable(f"fewer than {FEWEST} lines in the form of an idea")
    lines = lines[: ask.facts["n"]]
    if really_different(lines) < len(lines):
        raise Unusable("ideas of the list repeat each other")
    return prompts.idea_list(ask.topic, len(lines)), "\n".join(lines)


def _refine(ask: Ask, text: str) -> tuple[list[dict], str]:
    before, after = ask.facts["idea"], prompts.clean(" ".join(split_list(text)))
    title, body = split_line(after)
    if not body or title.endswith("…"):
        raise Unusable("not in the form of an idea")
    after = prompts.idea_line(title, body)
    if words(after) == words(before):
        raise Unusable("the idea as it was")
    if lost_facts(before, after):
        raise Unusable("a name or a number of the idea is gone")
    return ask.messages[0], after


def _judgement(ask: Ask, text: str) -> tuple[list[dict], str]:
    found = read_judgement(text)
    if not all(found.values()):
        raise Unusable("strength, risk or next step is missing")
    return ask.messages[0], prompts.judgement_completion(**found)


def _formed(line: str) -> str:
    """Return a line as every prompt writes an idea. Raises Unusable."""
    title, body = split_line(line)
    formed = prompts.idea_line(title, body)
    if not valid_form(formed):
        raise Unusable("not in the form of an idea")
    return formed


READERS = {"one_idea": _one_idea, "idea_list": _idea_list, "refine": _refine, "judgement": _judgement}


def checks(ask: Ask, answer: dict, sure: float) -> list[dict]:
    """Return the eight checks of an idea: P(yes) over both orders, and whether the teacher is sure of it.

    Sure is: the same side in both orders, and the mean at least `sure` from there.
    """
    found = []
    each = len(prompts.ORDERS)
    for number in range(1, len(prompts.CHECKS) + 1):
        ways = answer["p_yes"][(number - 1) * each : number * each]
        p = sum(ways) / len(ways)
        agreed = all(way > 0.5 for way in ways) or all(way < 0.5 for way in ways)
        found.append({"number": number, "p_yes": round(p, 4), "sure": agreed and max(p, 1 - p) >= sure})
    return found
