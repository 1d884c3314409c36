"""All figures of one model."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from finetune.reporting import bits, brainstorming, judging, rewriting, wording
from finetune.reporting.material import Material
from finetune.reporting.subjects import Subject
from workbench.bench.quality import ideas, originality
from workbench.bench.quality.answers import Answers
from workbench.bench.quality.figures import Figure
from workbench.bench.quality.opening import opened
from workbench.settings import Settings

PARTS = ("ideas", "bits", "refine", "evaluate")
Tell = Callable[[str], None]


@contextmanager
def asking(subject: Subject, asked: Namespace) -> Iterator[Answers]:
    """Yield the model's answers, by the app's own engine, nobody's bindings or settings in between."""
    library = Path(asked.ideas_dir) / "brainstorm.jsonl.gz"
    chosen = Settings(
        model=subject.path, engine="llama", library=library, embedding_model=asked.embedding_model,
        threads=asked.threads,
    )  # fmt: skip
    with opened(chosen, asked.keep) as answers:
        yield answers


def measure(subject: Subject, material: Material, asked: Namespace, tell: Tell) -> tuple[dict[str, Figure], dict]:
    """Return the figures of the parts that were asked for, and examples of what the model said."""
    found: dict[str, Figure] = {}
    examples: dict = {}
    seed = asked.seed
    with asking(subject, asked) as answers:
        embedder = answers.desk.embedder
        if "ideas" in asked.parts:
            groups = brainstorming.ask(answers, material, asked.n, seed, tell)
            tell("counting")
            on = ideas.ground(material.body, embedder.embed if embedder else None, seed)
            found |= brainstorming.measure(groups, material, on)
            examples["ideas"] = [{"topic": topic, "ideas": said} for topic, said in groups[:3]]
            examples["made_up_words"] = brainstorming.examples(groups, wording.english(wording.EVERY))
        if "refine" in asked.parts:
            figures, texts = rewriting.measure(answers, material.refine, seed=seed, tell=tell)
            found |= figures
            rows = zip(material.refine[:4], texts, strict=False)
            examples["rewrites"] = [{"goal": r["goal"], "before": r["idea"], "after": text} for r, text in rows]
        if "evaluate" in asked.parts:
            rated = originality.rated(asked.rows)
            found |= judging.measure(answers, material.evaluate, rated, seed=seed, tell=tell)
    if "bits" in asked.parts:
        found |= bits.measure(subject.files, material, seed=seed, tell=tell)
    return found, examples
