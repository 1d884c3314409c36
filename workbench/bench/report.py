"""All figures together, as a table for people or as JSON."""

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from workbench.assist import Desk
from workbench.bench import boards, heldout, machine, speed
from workbench.bench.quality import brief, ideas
from workbench.bench.quality.answers import Answers
from workbench.engine import measuring, open_engine
from workbench.errors import EngineClosed, InputError
from workbench.models import read_model
from workbench.settings import ROOT, settings
from workbench.store import Library, Store

SETUP_TIMES = ROOT / "docs" / "setup-times.json"  # written by scripts/time_setup.py: too slow to measure each time


def print_all(out: TextIO, *, as_json: bool, topics: int, adapters: Sequence[Path] = ()) -> int:
    """Measure and print everything, or with `adapters` the engine on these files alone; the exit status is 0."""
    engine = engine_figures(settings().model, adapters)
    measured = {"machine": machine.describe()} if adapters else measure(topics)
    everything = {key: engine[key] for key in measuring.KEYS} | {"engine": engine} | measured
    if as_json:
        print(json.dumps(everything, ensure_ascii=False, indent=1), file=out)
    else:
        print("\n".join([*([] if adapters else [table(measured), ""]), *measuring.rows(engine)]), file=out)
    return 0


def engine_figures(model: Path, adapters: Sequence[Path]) -> dict[str, float]:
    """Return the engine's figures against the plain way, on a model's own adapters unless others are given."""
    if any(not path.is_file() for path in adapters):
        raise InputError(f"There is no adapter {next(path for path in adapters if not path.is_file())}.")
    installed = read_model(model)
    used = list(adapters) or list(installed.adapters.values())
    return measuring.measure(installed.base, used, tell=lambda part: _tell(f"the engine: {part}"))


def measure(topics: int) -> dict[str, Any]:
    """Return every figure of the app. The person's database is left alone: the runs are logged in a temporary one."""
    chosen = settings()
    asked = heldout.topics(chosen.library, topics)
    figures: dict[str, Any] = {"set_up": _setup_times()}
    _tell("a board of 5,000 ideas")
    figures["boards"] = boards.measure(chosen.library)
    _tell("starting the app")
    figures["app_start"] = speed.app_start()
    began = time.monotonic()
    engine = open_engine(chosen)
    figures["model_load_s"] = round(time.monotonic() - began, 3)
    status = engine.status()
    if status.error:
        raise EngineClosed(status.error)
    with tempfile.TemporaryDirectory(prefix="workbench-bench-") as folder:
        library = Library(chosen.library, Path(folder) / "library.db")
        desk = Desk(engine, Store(Path(folder) / "bench.db"), library)
        try:
            _tell("speed")
            figures["brainstorm"] = speed.ideas(desk, asked)
            figures["evaluate"] = speed.judgement(desk, asked)
            figures["stop"] = speed.stopping(engine)
            figures["adapter_swap_ms"] = speed.swapping(engine)
            figures["library_search"] = speed.searching(library, asked)
            _tell(f"quality on {len(asked)} held-out topics")
            on = ideas.ground(heldout.trained_on(chosen.library), None, seed=0)
            figures["ideas"] = brief.measure(Answers(desk), asked, on)
            figures["resident_mb"] = round(engine.status().resident_bytes / 1e6)
        finally:
            desk.close()
    return {
        "machine": machine.describe(),
        "model": {
            "name": status.model, "sha256": status.sha256, "parameters": status.parameters, "bytes": status.bytes,
            "adapters": {adapter.name: adapter.sha256 for adapter in status.adapters},
        },
        "figures": figures,
    }  # fmt: skip


def table(measured: dict[str, Any]) -> str:
    """Return the figures as a Markdown table."""
    found, where, model = measured["figures"], measured["machine"], measured["model"]
    mine, written = found["ideas"]["model"], found["ideas"]["written"]
    swap = found["adapter_swap_ms"]
    rows = [
        *((f"set-up on a fresh clone: {name}", f"{seconds:.0f} s") for name, seconds in found["set_up"].items()),
        ("app start to first page", f"{found['app_start']['first_page_s']:.1f} s"),
        ("model load", f"{found['model_load_s']:.2f} s"),
        ("brainstorm: first word", f"{found['brainstorm']['first_word_s']:.2f} s"),
        ("brainstorm: first idea", f"{found['brainstorm']['first_idea_s']:.2f} s"),
        ("brainstorm: 8 ideas", f"{found['brainstorm']['eight_ideas_s']:.2f} s"),
        ("brainstorm: tokens a second", f"{found['brainstorm']['tokens_per_s']:.0f}"),
        ("evaluate: eight checks", f"{found['evaluate']['checks_s']:.2f} s"),
        ("evaluate: judgement in words", f"{found['evaluate']['judgement_s']:.2f} s"),
        ("stop, slowest: writing / reading a prompt", "{writing_ms:.0f} / {reading_ms:.0f} ms".format(**found["stop"])),
        ("adapter swap", "one adapter or none" if swap is None else f"{swap:.1f} ms"),
        ("a board of 5,000 ideas: list / slowest search / map",
         "{board_list_ms:.0f} / {board_search_ms:.0f} / {board_map_ms:.0f} ms".format(**found["boards"])),
        ("library search: median / slowest", "{median_ms:.1f} / {slowest_ms:.1f} ms".format(**found["library_search"])),
        ("memory of the process", f"{found['resident_mb']} MB"),
        (f"valid form, {found['ideas']['topics']} held-out topics (written ideas)", _beside(mine, written, "valid")),
        ("really different of 8 (written ideas)", _beside(mine, written, "different")),
        ("own topic the nearest of ten, by chance 0.1 (written ideas)", _beside(mine, written, "topic_retrieval")),
    ]
    machine_line = (
        f"{model['name']}, {model['parameters'] / 1e6:.1f} M parameters, on {where['processor']}, "
        f"{where['cores']} cores, {where['memory_gb']} GB, load {where['load']}"
    )
    return "\n".join([machine_line, "", "| what | figure |", "|---|---|", *(f"| {name} | {it} |" for name, it in rows)])


def _beside(mine: dict[str, float], written: dict[str, float], name: str) -> str:
    return f"{mine[name]:.3g} ({written[name]:.3g})"


def _setup_times() -> dict[str, float]:
    if not SETUP_TIMES.is_file():
        return {}
    seconds: dict[str, float] = json.loads(SETUP_TIMES.read_text(encoding="utf-8"))["seconds"]
    return seconds


def _tell(words: str) -> None:
    print(f"Measuring: {words}", file=sys.stderr, flush=True)
