"""A store with one of everything that people say about answers: what data sets are made of."""

from workbench.assist import prompts
from workbench.records import Decision, NewVote, Origin, Outcome, Said, Status, Thumb, VoteKind
from workbench.store import Store

QUESTIONS = ("How might we waste less bread?", "How might we waste less water?")


class Told:
    """A store, and short ways to tell it things."""

    def __init__(self, store: Store):
        self.store = store
        self.boards = [store.create_board(question) for question in QUESTIONS]

    def answer(self, text: str, *, task: str = "brainstorm", finish: str = "stop", at: int = 0, **more: object) -> int:
        """Log an answer of a model on a board's question."""
        board = self.boards[at]
        lens = more.pop("lens", "")
        asked = {
            "brainstorm": lambda: prompts.one_idea(board.question, str(lens)),
            "refine": lambda: prompts.refine(board.question, "Bread bus — It drives.", "cheaper"),
            "evaluate": lambda: prompts.judgement(board.question, "Bread bus — It drives."),
            "compare": lambda: [{"role": "user", "content": "Why is the sky blue?"}],
        }[task]()
        given = {"model": "starter", "model_sha256": "ab" * 32, "adapter": task, "adapter_sha256": "cd" * 32}
        gid = self.store.start_generation(
            job_id="j", task=task, messages=asked, sampling={}, seed=1, prompts_version=2,
            board_id=None if task == "compare" else board.id, **given | more,
        )  # fmt: skip
        self.store.finish_generation(
            gid, text=text, prompt_tokens=1, tokens=1, first_token_s=0.1, seconds=0.1, finish=finish
        )
        return gid

    def idea(self, text: str, status: Status = Status.NEW, *, at: int = 0, **more: object) -> tuple[int, int]:
        """Log an idea of a model and decide on it; return the numbers of the answer and of the idea."""
        gid = self.answer(text, at=at, **more)
        title, _, body = text.partition(" — ")
        idea = self.store.add_idea(
            self.boards[at].id, title, body, status=Status.NEW, origin=Origin.MODEL, generation_id=gid,
            source="brainstorm",
        )  # fmt: skip
        if status is not Status.NEW:
            self.store.set_status(idea.id, status)
        return gid, idea.id

    def rewrite(self, text: str, *decisions: bool | None, kept: tuple[str, str] | None = None) -> int:
        """Log a rewrite, with a decision on each of its changes and perhaps the wording that was kept of it."""
        idea = self.store.add_idea(self.boards[0].id, "Bread bus", "It drives.")
        gid = self.answer(text, task="refine", idea_id=idea.id)
        if decisions:
            rows = [Decision("body", f"old {n}", f"new {n}", accepted) for n, accepted in enumerate(decisions)]
            self.store.save_review(gid, idea.revision_id or 0, rows)
        if kept:
            self.store.revise(idea.id, *kept, source="refine", goal="cheaper", generation_id=gid)
        return gid

    def say(self, gid: int, person: str = "me", **said: object) -> int:
        """Give feedback."""
        self.store.give_feedback(gid, person, Said(**said))  # type: ignore[arg-type]
        return gid

    def vote(self, left: int, right: int, outcome: Outcome, person: str = "", *, answers: bool = False) -> None:
        """Vote on two ideas, or on two answers."""
        kind = VoteKind.ANSWER if answers else VoteKind.IDEA
        self.votes = getattr(self, "votes", 0) + 1
        self.store.add_vote(
            NewVote(
                left_id=left, right_id=right, outcome=outcome, order_seed=self.votes, judge_name=person, kind=kind,
                board_id=None if answers else self.boards[0].id, reason="warmer",
            )
        )  # fmt: skip

    def everything(self) -> "Told":
        """Tell it one of each."""
        _, bus = self.idea("Bread bus — It drives.", Status.KEPT)
        _, edited = self.idea("Bread van — It rings.", Status.KEPT, lens="reverse")
        self.store.revise(edited, "Bread van", "It rings twice at six.")
        self.idea("Cake bus — Cake.", Status.DROPPED, at=1)
        self.say(self.answer("Bread map — It shows.", at=1), thumb=Thumb.UP, reasons=("surprising",))
        self.say(
            self.answer("Bread hat — It sits."), "Ada", thumb=Thumb.DOWN, reasons=("vague",), comment="A secret word.",
            corrected="Bread hat — The baker wears it at the gate.",
        )  # fmt: skip
        self.rewrite("Bread bus — It drives at six and sings.", True, False, kept=("Bread bus", "It drives at six."))
        self.store.label_generation(self.rewrite("Bus — Bus."), "dropped")
        self.say(self.answer("Strength: Warm.\nRisk: Cost.\nNext step: Ask.", task="evaluate"), thumb=Thumb.UP)
        self.vote(bus, edited, Outcome.LEFT)
        self.vote(bus, edited, Outcome.TIE)
        first, second = (self.answer(text, task="compare", adapter=None) for text in ("Because.", "It scatters."))
        self.vote(first, second, Outcome.RIGHT, "Ada", answers=True)
        return self
