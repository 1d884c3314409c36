"""What can be asked for on the command line, and what comes back: the fields of a line in and of a line out.

Each class is one verb. Its fields are the fields of an input line (and the options of the command), its `answer`
builds the output line, and `--help` prints the descriptions written here.
"""

from dataclasses import replace
from secrets import randbelow
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.engine.interface import BALANCED, FOCUSED, Sampling
from workbench.errors import InputError

if TYPE_CHECKING:  # --help need not wait for the store
    from workbench.assist import Desk, Run, RunView

Record = dict[str, Any]
COMMON_OUT = {
    "model": "the model that wrote it",
    "seed": "the seed that was used: the same seed, model and input give the same text",
    "seconds": "how long it took",
    "stopped": "true, and only there, when it was ended before it was finished",
    "id": "the input line's, only there when it had one",
}


def draw_seed() -> int:
    """Return a seed for an ask that has none."""
    return randbelow(2**31)


class Ask(BaseModel):
    """One thing to do. Fields that a line has beside these are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
    verb: ClassVar[str]
    out: ClassVar[dict[str, str]]  # the output's own fields, for --help
    example: ClassVar[str]
    sampling: ClassVar[Sampling]

    seed: int = Field(default_factory=draw_seed, ge=0, lt=2**31, description="for repeatable text; drawn when missing")
    temperature: float | None = Field(default=None, ge=0, le=5, description="0 is always the likeliest word; 1 is wild")
    id: str | int | None = Field(default=None, description="anything of yours; given back in the output")

    def start(self, desk: "Desk") -> "Run":
        """Start it at the desk."""
        raise NotImplementedError

    def answer(self, view: "RunView") -> Record:
        """Return the output's own fields from where the run has come to."""
        raise NotImplementedError

    def drawing(self) -> Sampling:
        """Return how the next word is drawn."""
        drawn = replace(self.sampling, seed=self.seed)
        return drawn if self.temperature is None else replace(drawn, temperature=self.temperature)


class Brainstorm(Ask):
    """Different ideas on a topic, side by side."""

    verb = "brainstorm"
    example = '{"topic": "Keep the library open on Sundays", "n": 4, "lenses": ["persona: bus driver", "eliminate"]}'
    sampling = BALANCED
    out: ClassVar = {
        "topic": "as it was given",
        "n": "how many ideas were asked for",
        "ideas": "a list of {lens, title, text}; lens is empty for a free idea, text for an idea of few words",
    }

    topic: str = Field(min_length=1, description="the topic or question")
    n: int = Field(default=8, ge=1, description="how many ideas, 1 to 64")
    lenses: list[str] = Field(
        default_factory=list,
        description="ways of looking, taken in turn, such as 'combine' or 'persona: night nurse'; "
        "'' is free; none gives a spread of all kinds",
    )
    context: str = Field(default="", description="what is so already")
    constraints: str = Field(default="", description="what an idea must keep to")

    def start(self, desk: "Desk") -> "Run":
        """Start `n` ideas."""
        return desk.brainstorm(
            self.topic, n=self.n, lenses=self.lenses, context=self.context, constraints=self.constraints,
            sampling=self.drawing(),
        )  # fmt: skip

    def answer(self, view: "RunView") -> Record:
        """Return the ideas so far; a sequence without a word is left out."""
        written = [item for item in view.items if item.text.strip()]
        ideas = [{"lens": item.lens, "title": item.title, "text": item.body} for item in written]
        return {"topic": self.topic, "n": self.n, "ideas": ideas}


class Refine(Ask):
    """An idea rewritten toward one goal."""

    verb = "refine"
    example = '{"topic": "Keep the library open on Sundays", "idea": "Key Club — Readers host.", "goal": "cheaper"}'
    sampling = FOCUSED
    out: ClassVar = {
        "topic, idea, goal": "as they were given",
        "refined": "the idea rewritten, as `Title — sentence`",
    }

    topic: str = Field(min_length=1, description="the topic or question the idea answers")
    idea: str = Field(min_length=1, description="the idea, as `Title — sentence`")
    goal: str = Field(
        min_length=1,
        description="more specific, easier to start, cheaper, bolder, clearer, shorter, measurable, safer; "
        "or your own words, such as 'for people who work nights'",
    )

    def start(self, desk: "Desk") -> "Run":
        """Start the rewriting."""
        return desk.refine(self.topic, self.idea, self.goal, sampling=self.drawing())

    def answer(self, view: "RunView") -> Record:
        """Return the idea as far as it is rewritten."""
        text = view.items[0].text if view.items else ""
        return {"topic": self.topic, "idea": self.idea, "goal": self.goal, "refined": " ".join(text.split())}


class Evaluate(Ask):
    """An idea judged by eight checks, and in words."""

    verb = "evaluate"
    example = '{"topic": "Keep the library open on Sundays", "idea": "Key Club — Readers take turns at the desk."}'
    sampling = FOCUSED
    out: ClassVar = {
        "topic, idea": "as they were given",
        "checks": "eight numbers 0-1, the model's P(yes) to each check:\n{checks}",
        "scores": "novelty, workability, relevance, specificity, 1-5: each from its two checks",
        "strength, risk": "one sentence each",
        "next_step": "one sentence",
    }

    topic: str = Field(min_length=1, description="the topic or question the idea answers")
    idea: str = Field(min_length=1, description="the idea, as `Title — sentence`")

    def start(self, desk: "Desk") -> "Run":
        """Start the checks and the judgement in words."""
        return desk.evaluate(self.topic, self.idea, sampling=self.drawing())

    def answer(self, view: "RunView") -> Record:
        """Return the judgement as far as it has come."""
        return {
            "topic": self.topic, "idea": self.idea,
            "checks": [round(check, 4) for check in view.checks], "scores": view.scores,
            "strength": view.strength, "risk": view.risk, "next_step": view.next_step,
        }  # fmt: skip


VERBS: dict[str, type[Ask]] = {kind.verb: kind for kind in (Brainstorm, Refine, Evaluate)}


def read(kind: type[Ask], fields: Record) -> Ask:
    """Return the ask that the fields make. Raises InputError with the first field that does not fit."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "missing":
            raise InputError(f"{kind.verb} needs {name}: {kind.model_fields[name].description}.") from error
        raise InputError(f"{name}={first['input']!r} cannot be used: {first['msg'].lower()}.") from error
