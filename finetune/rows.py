"""Idea-set rows as (prompt messages, completion): rendered by `workbench.assist.prompts` and nothing else."""

from random import Random

from workbench.assist import prompts

Row = dict  # {"prompt": messages, "completion": [one assistant message]}
NO_TOPIC, LENS = "...", "Lens: "


def row(messages: list[dict], completion: str) -> Row:
    return {"prompt": messages, "completion": [{"role": "assistant", "content": completion}]}


def one_idea(topic: str, idea: dict) -> Row:
    return row(prompts.one_idea(topic, idea["lens"]), prompts.idea_line(idea["title"], idea["text"]))


def idea_list(topic: str, ideas: list[dict]) -> Row:
    lines = (prompts.idea_line(idea["title"], idea["text"]) for idea in ideas)
    return row(prompts.idea_list(topic, len(ideas)), "\n".join(lines))


def brainstorm(topics: list[dict], rng: Random, list_sizes: tuple[int, int]) -> list[Row]:
    """Show each idea once: some of a topic's ideas as one list, the others one by one with their lens."""
    rows = []
    for topic in topics:
        ideas = rng.sample(topic["ideas"], len(topic["ideas"]))
        size = min(rng.randint(*list_sizes), len(ideas))
        size = size if size > 1 else 0  # one idea is no list
        if size:
            rows.append(idea_list(topic["topic"], ideas[:size]))
        rows += [one_idea(topic["topic"], idea) for idea in ideas[size:]]
    return rows


def without_topic(found: list[Row], rng: Random, share: float) -> list[Row]:
    """Leave the topic out of a share of the rows, so that the model knows what an idea for nothing in particular is.

    Guidance needs that (Ho and Salimans, 2022, "Classifier-free diffusion guidance"): see `finetune.guide`.
    """
    return [bare(each) if rng.random() < share else each for each in found]


def bare(found: Row, *, lens: bool = True) -> Row:
    """Leave the topic out of a row, and, with `lens` false, the lens too."""
    *before, asked = found["prompt"]
    lines = [f"Topic: {NO_TOPIC}" if line.startswith("Topic: ") else line for line in asked["content"].split("\n")]
    if not lens and LENS in lines[-1]:
        lines[-1] = f"{lines[-1].split(LENS)[0]}{LENS}free"
    return found | {"prompt": [*before, asked | {"content": "\n".join(lines)}]}


def transfers(rows: list[dict]) -> list[Row]:
    """Carry an idea over from another topic."""
    return [row(prompts.transfer(r["topic"], r["source_idea"]), prompts.clean(r["idea"])) for r in rows]


def refine(rows: list[dict]) -> list[Row]:
    return [row(prompts.refine(r["topic"], r["idea"], r["goal"]), prompts.clean(r["refined"])) for r in rows]


def judgements(rows: list[dict]) -> list[Row]:
    return [
        row(
            prompts.judgement(r["topic"], r["idea"]),
            prompts.judgement_completion(r["strength"], r["risk"], r["next_step"]),
        )
        for r in rows
    ]


def checks(rows: list[dict], rng: Random, per_idea: int = 8) -> list[Row]:
    """Ask `per_idea` of the eight checks of each judged idea."""
    out = []
    for r in rows:
        for number in sorted(rng.sample(range(1, 9), per_idea)):
            answer = prompts.YES_NO[0 if r["checks"][number - 1] else 1]
            out.append(row(prompts.check(r["topic"], r["idea"], number), answer))
    return out
