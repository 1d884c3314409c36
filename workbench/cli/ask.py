"""What every verb of the command line takes and gives."""

from dataclasses import replace
from secrets import randbelow
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.engine.interface import Sampling

if TYPE_CHECKING:  # --help need not wait for the store
    from workbench.assist import Desk, Run, RunView

Record = dict[str, Any]
COMMON_OUT = {
    "model": "the model that wrote it",
    "seed": "the seed that was used: the same seed, model and requests before it give the same text",
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
