"""Whether a rewrite came nearer to its goal: by counting where words can be counted, by the eight checks elsewhere."""

from collections.abc import Callable, Sequence

from workbench.assist.difference import content_words, words
from workbench.assist.facts import lost_facts

RISE = 0.05  # P(yes) must rise by so much to count
SHORTER = 0.9
# The checks (1-8) whose mean P(yes) must rise.
CHECKED = {
    "more specific": (7, 8), "easier to start": (3,), "cheaper": (3,), "bolder": (1, 2), "clearer": (7,), "safer": (4,),
    "fix": (1, 2, 3, 4, 5, 6, 7, 8),
}  # fmt: skip
Judge = Callable[[str, str, Sequence[int]], float]  # topic, idea, checks -> their mean P(yes)


def goal_met(topic: str, before: str, after: str, goal: str, judge: Judge) -> bool:
    """Say whether the rewrite is nearer to the goal than the idea was."""
    if not after.strip():
        return False
    kind = goal.partition(":")[0]
    if kind == "shorter":
        return 0 < len(words(after)) <= SHORTER * len(words(before))
    if kind == "measurable":
        return any(not fact[0].isupper() for fact in lost_facts(after, before))  # a number that was not there before
    if kind not in CHECKED:  # for an audience: it is spoken of
        return bool(content_words(kind) & content_words(after) - content_words(before))
    return judge(topic, after, CHECKED[kind]) - judge(topic, before, CHECKED[kind]) >= RISE
