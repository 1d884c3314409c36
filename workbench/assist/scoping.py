"""Scoping: the question put in other ways, and the dimensions along which its ideas can differ."""

import re
from collections.abc import Sequence

from workbench.assist import prompts
from workbench.assist.folding import Repeats
from workbench.assist.grid import SCHEMA, from_words, read_dimensions
from workbench.assist.runs import Run, RunView, Slot
from workbench.assist.submitting import ONE_LINE, Submitting, require, seeded
from workbench.engine.interface import BALANCED, FOCUSED, Completion, Request, Sampling
from workbench.records import Dimension

# One question of 4 to 30 words; bounded, as a small model would go on for ever.
ONE_QUESTION = 'root ::= "How might we" (" " word){3,28} "?"\nword ::= [^ \\t\\r\\n?]{1,24}'
QUESTION = re.compile(r"how might we[^?\n]*\?", re.IGNORECASE)
ASKS = re.compile(
    r"^(?:(?:how (?:might|can|could|do|should)|what (?:can|could)) (?:we|i)(?: do to)?|how to)\s+(.+?)[?.!]*$",
    re.IGNORECASE,
)
# The angles of `prompts.ANGLES` without a model, for a question that asks how to do something and for any other line.
PATTERNS = (
    ("How might we {} for one kind of people, to begin with?", "How might we begin with a small part of this: {}?"),
    ("How might we need it less to {}?", "How might we make it matter less that {}?"),
    ("How might we do more of what already helps to {}?", "How might we learn from where it is otherwise: {}?"),
    ("How might we gain from it that we do not {}?", "How might we gain from it that {}?"),
    ("How might we {} so that a newcomer would notice?", "How might we help whoever it troubles most: {}?"),
)
FEWEST_WORDS = 4
AS_BEFORE = 0.9  # ROUGE-1 F1; rewordings share most of their words by nature


def plain_rewordings(topic: str) -> list[str]:
    """Return five How-Might-We questions without a model: the topic's own words in patterns."""
    asks = ASKS.match(" ".join(topic.split()))
    words = asks[1] if asks else " ".join(topic.split()).rstrip("?.!")
    if not asks and words[1:2].islower():  # but not a name's or an acronym's capital
        words = words[:1].lower() + words[1:]
    return [(how if asks else that).format(words) for how, that in PATTERNS]


class Scoping(Submitting):
    """What helps to ask before anything is answered."""

    def reword(
        self, topic: str, *, board_id: int | None = None, context: str = "", constraints: str = "",
        audience: str = "", sampling: Sampling = BALANCED,
    ) -> Run:  # fmt: skip
        """Start five How-Might-We rewordings, each from another angle; `rewordings` reads them. Nothing is changed."""
        require(topic, "a topic or question")
        context = prompts.for_whom(context, audience)
        run = Run("reword", topic, board_id=board_id)
        chats = [prompts.reword(topic, angle, context=context, constraints=constraints) for angle in prompts.ANGLES]
        request = Request(
            "brainstorm", tuple(chats), seeded(sampling, max_tokens=80), stop=ONE_LINE, grammar=ONE_QUESTION
        )
        self._submit(run, request, [Slot(lens=angle) for angle in prompts.ANGLES])
        return self._remember(run)

    def propose_dimensions(
        self, topic: str, *, board_id: int | None = None, context: str = "", constraints: str = "",
        audience: str = "", sampling: Sampling = FOCUSED,
    ) -> Run:  # fmt: skip
        """Start a proposal of three dimensions; with a board they become its own when the answer is there."""
        require(topic, "a topic or question")
        chat = prompts.dimensions(topic, context=prompts.for_whom(context, audience), constraints=constraints)
        run = Run("dimensions", topic, board_id=board_id)
        request = Request("brainstorm", (chat,), seeded(sampling, max_tokens=260), grammar=SCHEMA)
        self._submit(run, request, [Slot(goal=audience)])
        return self._remember(run)

    def plain_dimensions(self, topic: str, audience: str = "") -> tuple[Dimension, ...]:
        """Return dimensions without a model: whom for, when, by what means, from the words that are there."""
        return from_words(topic, audience)

    def proposed(self, run: Run, view: RunView) -> tuple[Dimension, ...]:
        """Return the dimensions of a proposal that ended; where the model's cannot be read, those without a model."""
        text, audience = (view.items[0].text, view.items[0].goal) if view.items else ("", "")
        return read_dimensions(text) or self.plain_dimensions(run.topic, audience)

    def _dimensions_finished(self, run: Run, slot: Slot, completion: Completion) -> None:
        """Give the board what was proposed."""
        if run.board_id is not None and completion.text.strip():
            found = read_dimensions(completion.text) or self.plain_dimensions(run.topic, slot.goal)
            self.store.set_dimensions(run.board_id, found)


def rewordings(topic: str, texts: Sequence[str]) -> list[str]:
    """Return the questions in the texts that say something else than the topic and than each other."""
    said = Repeats()
    said.put(0, topic)
    found = []
    for text in texts:
        match = QUESTION.search(" ".join(text.split()))
        question = match[0].strip(" \"'*-") if match else ""
        near = said.nearest(question)
        if len(question.split()) >= FEWEST_WORDS and not (near and near[1] > AS_BEFORE):
            found.append(question[0].upper() + question[1:])
            said.put(len(found), question)
    return found
