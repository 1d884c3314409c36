"""From an answer with what became of it to training rows: for SFT, for KTO, for DPO, and as it is.

A row is a dict: the columns that its trainer reads, then what it came from. Why an answer gives none is counted.
"""

from collections.abc import Iterator
from typing import Any

from workbench.assist.prompts import Message
from workbench.lab.sets.material import Answer, Chosen
from workbench.records import Feedback, Thumb

Row = dict[str, Any]
CUT_OFF = "cut off before its end"
DISPUTED = "people disagree"
AGAINST = "kept, but thumbed down"
PARTLY = "accepted in part"
UNDECIDED = "nothing decided"
NO_PAIR = "nothing better to set against it"
DASH = " — "  # without it a rewrite took over the title that the idea had: it differs from what was kept by that alone
CAN_BE_KEPT = ("brainstorm", "refine")


class LeftOut(Exception):
    """An answer that gives no row; `str()` is the reason it is counted under."""


def sft(answer: Answer, chosen: Chosen) -> Iterator[Row]:
    """Yield the answer as people corrected it; else as they kept it. What cannot be kept counts so with a thumb up."""
    corrected = [each for each in answer.feedback if each.said.corrected]
    for each in corrected:
        yield _messages(answer, each.said.corrected) | about(answer, chosen, "corrected", [each])
    if corrected:
        return
    text, source = answer.kept, "kept"
    if not text and answer.thumb is Thumb.UP and answer.generation.task not in CAN_BE_KEPT:
        text, source = answer.text, "thumb up"
    if not text:
        raise LeftOut(UNDECIDED if not (answer.dropped or answer.thumb) else "not kept")
    if answer.thumb is Thumb.DOWN:
        raise LeftOut(AGAINST)
    if text == answer.text and not answer.whole:
        raise LeftOut(CUT_OFF)
    yield _messages(answer, text) | about(answer, chosen, source)


def kto(answer: Answer, chosen: Chosen) -> Iterator[Row]:
    """Yield the answer as given, wanted or not: by its thumbs, else by whether it was kept or dropped."""
    if not answer.whole:
        raise LeftOut(CUT_OFF)
    if answer.disputed:
        raise LeftOut(DISPUTED)
    if answer.thumb is None and answer.kept and (answer.rejected or answer.undecided):
        raise LeftOut(PARTLY)
    if answer.thumb is not None:
        label, source = answer.thumb is Thumb.UP, f"thumb {answer.thumb}"
    elif answer.kept or answer.dropped:
        label, source = bool(answer.kept), "kept" if answer.kept else "dropped"
    else:
        raise LeftOut(UNDECIDED)
    row = {"prompt": answer.prompt, "completion": said_by_model(answer.text), "label": label}
    yield row | about(answer, chosen, source)


def dpo(answer: Answer, chosen: Chosen) -> Iterator[Row]:
    """Yield what people made of the answer, preferred to the answer: corrected, edited, or without rejected changes."""
    better = [(each.said.corrected, "corrected", [each]) for each in answer.feedback if each.said.corrected]
    if not better and answer.edited:
        better = [(answer.edited, "edited", list(answer.feedback))]
    if not better and answer.kept and answer.generation.task == "refine":
        if answer.rejected:
            better = [(answer.kept, "changes rejected", list(answer.feedback))]
        elif not answer.undecided and DASH in answer.text:  # taken whole, and written on before it was kept
            better = [(answer.kept, "edited", list(answer.feedback))]
    pairs = [each for each in better if each[0] != answer.text]
    if not pairs:
        raise LeftOut(NO_PAIR)
    for text, source, feedback in pairs:
        yield pair(answer.prompt, text, answer.text) | about(answer, chosen, source, feedback)


def raw(answer: Answer, chosen: Chosen) -> Iterator[Row]:
    """Yield the answer with everything that is known of it."""
    changes = answer.review.changes if answer.review else ()
    yield {
        "prompt": answer.prompt, "answer": answer.generation.text, "finish": answer.generation.finish,
        "decision": "kept" if answer.kept else "dropped" if answer.dropped else "",
        "kept_as": answer.kept,
        "changes": [
            {"part": each.part, "old": each.old, "new": each.new, "accepted": each.accepted} for each in changes
        ],
        "feedback": [_spoken(each, chosen) for each in answer.feedback],
    } | about(answer, chosen, "answer")  # fmt: skip


def pair(prompt: list[Message], better: str, worse: str) -> Row:
    """Return the columns of a preference."""
    return {"prompt": prompt, "chosen": said_by_model(better), "rejected": said_by_model(worse)}


def said_by_model(text: str) -> list[Message]:
    """Return a text as the one turn of an answer."""
    return [{"role": "assistant", "content": text}]


def about(answer: Answer, chosen: Chosen, source: str, feedback: list[Feedback] | None = None) -> Row:
    """Return where a row comes from."""
    said = list(answer.feedback) if feedback is None else feedback
    generation = answer.generation
    row: Row = {
        "source": source, "task": generation.task, "group": group_of(answer.question or _asked(answer.prompt)),
        "reasons": sorted({reason for each in said for reason in each.said.reasons}),
        "model": generation.model, "model_sha256": generation.model_sha256, "adapter": generation.adapter or "",
        "adapter_sha256": generation.adapter_sha256 or "", "prompts_version": generation.prompts_version or 0,
        "created": generation.created,
    }  # fmt: skip
    return row | ({"people": sorted({each.person for each in said})} if chosen.names else {})


def group_of(question: str) -> str:
    """Return what rows on one topic share, however it is spelt; a split keeps them together."""
    return " ".join("".join(c if c.isalnum() else " " for c in question.lower()).split())


def _messages(answer: Answer, text: str) -> Row:
    return {"messages": [*answer.prompt, *said_by_model(text)]}


def _asked(prompt: list[Message]) -> str:
    """Return what a prompt without a board is about: its line `Topic: ...`, else all of its last turn."""
    last = prompt[-1]["content"] if prompt else ""
    topic = next((line for line in last.splitlines() if line.startswith("Topic: ")), last)
    return topic.removeprefix("Topic: ")


def _spoken(feedback: Feedback, chosen: Chosen) -> Row:
    said = feedback.said
    row: Row = {"thumb": said.thumb or "", "reasons": list(said.reasons), "corrected": said.corrected}
    row["created"] = feedback.created
    row |= {"comment": said.comment} if chosen.comments else {}
    return row | ({"person": feedback.person} if chosen.names else {})
