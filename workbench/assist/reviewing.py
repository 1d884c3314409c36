"""Reviewing a rewrite: its changes, what was decided about each, what it may have lost, and the new wording."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.assist.changes import Piece, Tracked, settle, track
from workbench.assist.guards import Guards, guard
from workbench.assist.prompts import goal_of, idea_line
from workbench.assist.reading import read_rewrite
from workbench.errors import InputError
from workbench.records import Decision, Generation, Idea
from workbench.store import Store

Decisions = Mapping[int, bool]  # number of the change, from 0, -> accepted; those that are missing are undecided


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A rewrite against the idea's wording of today."""

    idea: Idea
    generation: Generation
    goal: str
    after: tuple[str, str]  # title and body of the rewrite
    tracked: Tracked
    decisions: dict[int, bool]
    guards: Guards

    @property
    def result(self) -> tuple[str, str]:
        """Title and body with the accepted changes made."""
        return settle(self.tracked, self.decisions)

    @property
    def undecided(self) -> int:
        """How many changes wait for a decision."""
        return len(self.tracked.changed) - len(self.decisions)


class Reviewing:
    """Rewrites that wait, and what becomes of them. Needs a store and no model."""

    store: Store

    def reviewed(self, generation_id: int) -> Reviewed:
        """Return a rewrite with its changes and the decisions so far, kept over restarts. Raises NotFound."""
        generation = self.store.generation(generation_id)
        if generation.idea_id is None:
            raise InputError("This rewrite belongs to no idea; refine an idea of a board to review its changes.")
        idea, goal = self.store.idea(generation.idea_id), goal_of(generation.messages)
        before = (idea.title, idea.body)
        after = read_rewrite(before, generation.text)
        tracked = track(before, after)
        return Reviewed(
            idea, generation, goal, after, tracked, self._decisions(generation_id, tracked),
            guard(idea_line(*before), idea_line(*after), goal),
        )  # fmt: skip

    def decide(self, generation_id: int, decisions: Decisions) -> Reviewed:
        """Write down what the person decided about each change so far."""
        found = self.reviewed(generation_id)
        parts = _parts(found.tracked)
        unknown = [number for number in decisions if not 0 <= number < len(parts)]
        if unknown:
            raise InputError(f"There is no change {unknown[0] + 1}: this rewrite has {len(parts)}. Reload the page.")
        assert found.idea.revision_id is not None, f"idea {found.idea.id} has no wording"
        rows = [Decision(part, piece.old, piece.new, decisions.get(n)) for n, (part, piece) in enumerate(parts)]
        self.store.save_review(generation_id, found.idea.revision_id, rows)
        return replace(found, decisions=dict(decisions))

    def accept(self, generation_id: int, wording: tuple[str, str] | None = None) -> Idea:
        """Append a wording to the idea: the accepted changes, or what the person made of them; undo takes it back."""
        found = self.reviewed(generation_id)
        title, body = wording or found.result
        if (title.strip(), body.strip()) == (found.idea.title, found.idea.body):
            raise InputError("This is the wording that the idea has already. Accept a change first, or edit it.")
        return self.store.revise(
            found.idea.id, title, body, source="refine", goal=found.goal, generation_id=generation_id
        )

    def accept_all(self, generation_id: int) -> Idea:
        """Append the rewrite as it is to the idea."""
        changed = self.reviewed(generation_id).tracked.changed
        self.decide(generation_id, dict.fromkeys(range(len(changed)), True))
        return self.accept(generation_id)

    def discard(self, generation_id: int) -> None:
        """Put a rewrite aside for good."""
        self.store.label_generation(generation_id, "dropped")

    def _decisions(self, generation_id: int, tracked: Tracked) -> dict[int, bool]:
        """Return the saved decisions, if they are about these very changes of this wording."""
        review = self.store.review(generation_id)
        now = [(part, piece.old, piece.new) for part, piece in _parts(tracked)]
        if review is None or [(each.part, each.old, each.new) for each in review.changes] != now:
            return {}
        return {number: each.accepted for number, each in enumerate(review.changes) if each.accepted is not None}


def _parts(tracked: Tracked) -> list[tuple[str, Piece]]:
    return [("title", piece) for piece in tracked.title if piece.changed] + [
        ("body", piece) for piece in tracked.body if piece.changed
    ]
