"""Refine on the command line: rewrites with their changes and with what each may have lost."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PrivateAttr

from workbench.cli.ask import Ask, Record
from workbench.engine.interface import FOCUSED
from workbench.errors import InputError

if TYPE_CHECKING:  # --help need not wait for the store
    from collections.abc import Sequence

    from workbench.assist import Desk, Run, RunView
    from workbench.assist.changes import Piece


class Refine(Ask):
    """An idea rewritten toward one goal."""

    verb = "refine"
    example = '{"topic": "Keep the library open on Sundays", "idea": "Key Club — Readers host.", "goal": "cheaper"}'
    sampling = FOCUSED
    out: ClassVar = {
        "topic, idea, goal": "as they were given",
        "refined": "the idea rewritten, as `Title — sentence`; the first of several",
        "rewrites": "a list of {refined, changes, unchanged, lost, length_ratio, longer, drift, drifted}; changes has "
        "[-what goes-] and {+what comes+}, lost the names and numbers that are gone, drift the share of words that "
        "is; for an idea of a board also review, the number to review it by",
    }

    topic: str = Field(default="", description="the topic or question the idea answers")
    idea: str = Field(default="", description="the idea, as `Title — sentence`")
    of: int | None = Field(
        default=None,
        description="the number of an idea of a board, instead of topic and idea; its rewrites wait for `review`, "
        "or on the Refine page",
    )
    goal: str = Field(
        min_length=1,
        description="more specific, easier to start, cheaper, bolder, clearer, shorter, measurable, safer; "
        "or your own words, such as 'for people who work nights' or 'fix: nobody knows who cooks'",
    )
    n: int = Field(default=1, ge=1, description="how many rewrites, 1 to 16; the first is careful, the others freer")

    _topic: str = PrivateAttr("")  # as they were used: given, or those of the board
    _line: str = PrivateAttr("")

    def start(self, desk: "Desk") -> "Run":
        """Start the rewriting."""
        from workbench.assist import idea_line

        self._topic, self._line, rows = self.topic, self.idea, {}
        if self.of is not None:
            if self.idea.strip():
                raise InputError("The idea was given twice: once in words and once with --of; give it once.")
            idea = desk.store.idea(self.of)
            self._line, rows = idea_line(idea.title, idea.body), {"idea_id": idea.id, "board_id": idea.board_id}
            self._topic = self.topic or desk.store.board(idea.board_id).question
        drawn = self.drawing() if self.n == 1 or self.temperature is not None else None
        return desk.refine(self._topic, self._line, self.goal, n=self.n, sampling=drawn, seed=self.seed, **rows)

    def answer(self, view: "RunView") -> Record:
        """Return the rewrites as far as they have come."""
        numbers = [{"review": item.generation_id} if self.of is not None else {} for item in view.items]
        rewrites = [
            looked_at(self._line, " ".join(item.text.split()), self.goal) | number
            for item, number in zip(view.items, numbers, strict=True)
        ]
        first = rewrites[0]["refined"] if rewrites else ""
        return {"topic": self._topic, "idea": self._line, "goal": self.goal, "refined": first, "rewrites": rewrites}


def looked_at(before: str, after: str, goal: str) -> Record:
    """Return a rewrite with its changes and what there is to notice about it."""
    from workbench.assist.changes import changes
    from workbench.assist.guards import guard

    noticed = guard(before, after, goal)
    return {
        "refined": after, "changes": marked(changes(before, after)), "unchanged": noticed.unchanged,
        "lost": list(noticed.lost), "length_ratio": round(noticed.length_ratio, 2), "longer": noticed.longer,
        "drift": round(noticed.drift, 3), "drifted": noticed.drifted,
    }  # fmt: skip


def marked(pieces: "Sequence[Piece]") -> str:
    """Return a text with its changes marked as `wdiff` does: [-what goes-] {+what comes+}."""
    return "".join(_marked(piece) if piece.changed else piece.old for piece in pieces).strip()


def _marked(piece: "Piece") -> str:
    """Return a change with its spaces outside of the marks."""
    parts = []
    for start, text, end in (("[-", piece.old, "-]"), ("{+", piece.new, "+}")):
        words = text.strip()
        parts.append(text.replace(words, f"{start}{words}{end}", 1) if words else text)
    return "".join(parts)


def notes(rewrite: Record) -> list[str]:
    """Return what there is to notice, in words."""
    if rewrite["unchanged"]:
        return ["it says the same as before"]
    said = [f"no longer in it: {', '.join(rewrite['lost'])}"] if rewrite["lost"] else []
    said += [f"{rewrite['length_ratio']:.1f} times as many words"] if rewrite["longer"] else []
    return said + ([f"{rewrite['drift']:.0%} of its words are gone"] if rewrite["drifted"] else [])
