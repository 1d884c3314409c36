"""Brainstorm on the command line: ideas, and what is asked before them."""

from itertools import count
from typing import TYPE_CHECKING, ClassVar, Literal, TypedDict

from pydantic import Field, field_validator

from workbench.cli.ask import Ask, Record
from workbench.engine.interface import BALANCED
from workbench.errors import InputError

if TYPE_CHECKING:  # --help need not wait for the store
    from workbench.assist import Desk, Run, RunView
    from workbench.assist.grid import Cell
    from workbench.records import Dimension

KINDS = "scamper, hat, persona, constraint, analogy, spark, audience, flip or own"


class About(TypedDict):
    """What the ideas must know and keep to."""

    context: str
    constraints: str
    audience: str


class Brainstorm(Ask):
    """Different ideas on a topic, side by side."""

    verb = "brainstorm"
    example = '{"topic": "Keep the library open on Sundays", "n": 4, "lenses": ["persona: bus driver", "eliminate"]}'
    sampling = BALANCED
    out: ClassVar = {
        "topic": "as it was given",
        "n": "how many ideas were asked for",
        "ideas": "a list of {lens, title, text}; lens is empty for a free idea, text for an idea of few words",
        "different": "how many of the ideas repeat none before them",
        "questions": "with --ask questions: the topic put in other ways, by the model; patterns holds those without it",
        "dimensions": "with --ask dimensions: a list of {name, values, source}; source is model or words",
    }

    topic: str = Field(min_length=1, description="the topic or question")
    n: int = Field(default=8, ge=1, description="how many ideas, 1 to 64")
    lenses: list[str] = Field(
        default_factory=list,
        description="ways of looking, taken in turn, such as 'combine' or 'persona: night nurse'; "
        "'' is free, 'flip' has the model name the worst idea first; none gives a spread of all kinds",
    )
    context: str = Field(default="", description="what is so already")
    constraints: str = Field(default="", description="what an idea must keep to")
    audience: str = Field(default="", description="whom the ideas are for")
    kind: str = Field(default="", description=f"lenses of one kind: {KINDS}")
    stimulus: Literal["none", "near", "far"] = Field(
        default="none", description="none, near or far: what topics the written ideas that set them off come from"
    )
    dimensions: dict[str, list[str]] = Field(
        default_factory=dict,
        description="two or three of 'Who=pupils,nurses' (in a line {\"Who\": [\"pupils\"]}): an idea for each "
        "combination, up to n",
    )
    board: int | None = Field(
        default=None, description="the number of a board that the ideas go to; repeats are folded under their like"
    )
    grid: bool = Field(default=False, description="with a board: fill the empty cells of its grid, up to n")
    ask: Literal["ideas", "questions", "dimensions"] = Field(
        default="ideas", description="ideas; questions: five other ways to ask; dimensions: three proposed for a grid"
    )

    @field_validator("dimensions", mode="before")
    @classmethod
    def _from_options(cls, given: object) -> object:
        """Read `Who=pupils,nurses`, as an option gives it."""
        if not isinstance(given, list):
            return given
        return {name.strip(): values.split(",") for name, _, values in (str(each).partition("=") for each in given)}

    def start(self, desk: "Desk") -> "Run":
        """Start `n` ideas, or what is asked for instead of ideas."""
        about = About(context=self.context, constraints=self.constraints, audience=self.audience)
        if self.ask == "questions":
            return desk.reword(self.topic, board_id=self.board, sampling=self.drawing(), **about)
        if self.ask == "dimensions":
            return desk.propose_dimensions(self.topic, board_id=self.board, sampling=self.drawing(), **about)
        from workbench.assist.stimulus import Stimulus

        return desk.brainstorm(
            self.topic, n=self.n, lenses=self._lenses(desk), board_id=self.board, stimulus=Stimulus(self.stimulus),
            cells=self._cells(desk), sampling=self.drawing(), **about,
        )  # fmt: skip

    def _lenses(self, desk: "Desk") -> list[str]:
        from workbench.assist.lenses import catalogue, in_turn
        from workbench.settings import settings

        if not self.kind or self.lenses:
            return self.lenses
        if self.kind == "persona":
            return desk.fitting(self.topic, self.n)
        lenses = catalogue(desk.store.own_lenses(), settings().lenses)
        found = in_turn(self.kind, self.n, self.seed, list(lenses.values()))
        if not found:
            raise InputError(f"There is no lens of the kind {self.kind!r}: take one of {KINDS}.")
        return found

    def _cells(self, desk: "Desk") -> "list[Cell]":
        """Return the cells to fill: of the board's own grid, which the dimensions given become, or of one made up."""
        from workbench.assist.grid import edited, empty_cells
        from workbench.records import Dimension, Status, Value

        if self.board is None:
            keys = count(1)
            dimensions = [
                Dimension(name, tuple(Value(next(keys), value.strip()) for value in values if value.strip()))
                for name, values in self.dimensions.items()
            ]
            return empty_cells(dimensions, [], self.n) if dimensions else []
        board = desk.store.board(self.board)
        if self.dimensions:
            before = {each.name: each for each in board.dimensions}
            rows = [edited(before.get(name), name, values) for name, values in self.dimensions.items()]
            board = desk.store.set_dimensions(board.id, rows)
        if not (self.dimensions or self.grid):
            return []
        ideas = desk.store.list_ideas(board.id, statuses=tuple(Status))
        cells = empty_cells(board.dimensions, ideas, self.n) if board.dimensions else []
        if not cells:
            raise InputError("No cell of this board's grid is empty; give dimensions, or leave --grid out.")
        return cells

    def answer(self, view: "RunView") -> Record:
        """Return the ideas so far; a sequence without a word is left out."""
        from workbench.assist import idea_line, really_different

        written = [item for item in view.items if item.text.strip()]
        if self.ask != "ideas":
            return {"topic": self.topic} | self._scope([item.text for item in written])
        ideas = [{"lens": item.lens, "title": item.title, "text": item.body} for item in written]
        different = really_different([idea_line(item.title, item.body) for item in written])
        return {"topic": self.topic, "n": self.n, "ideas": ideas, "different": different}

    def _scope(self, texts: list[str]) -> Record:
        """Return the questions or the dimensions in what the model wrote, and those without it."""
        from workbench.assist.grid import from_words, read_dimensions
        from workbench.assist.scoping import plain_rewordings, rewordings

        if self.ask == "questions":
            return {"questions": rewordings(self.topic, texts), "patterns": plain_rewordings(self.topic)}
        found = read_dimensions(texts[0] if texts else "") or from_words(self.topic, self.audience)
        return {"dimensions": [_dimension(each) for each in found]}


def _dimension(each: "Dimension") -> Record:
    return {"name": each.name, "values": [value.name for value in each.values], "source": each.source}
