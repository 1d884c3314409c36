"""A model opened to be measured, over a temporary store: the person's database is left alone."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.assist import Desk
from workbench.bench.quality.answers import Answers
from workbench.engine import open_embedder, open_engine
from workbench.errors import EngineClosed
from workbench.settings import Settings
from workbench.store import Library, Store


@contextmanager
def opened(chosen: Settings, keep: Path | None = None) -> Iterator[Answers]:
    """Yield the answers of the model that the settings name. Raises EngineClosed when it cannot be loaded."""
    engine = open_engine(chosen)
    if error := engine.status().error:
        raise EngineClosed(error)
    with tempfile.TemporaryDirectory(prefix="workbench-quality-") as folder:
        library = Library(chosen.library, Path(folder) / "library.db")
        desk = Desk(engine, Store(Path(folder) / "quality.db"), library, open_embedder(chosen, engine))
        try:
            yield Answers(desk, keep)
        finally:
            desk.close()
