"""Settings, read once from the environment or `.env`; every one has a working default."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from workbench.errors import InputError
from workbench.packaged import missing

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "data" / "models" / "smollm2"  # its base comes in a package
STARTER = ROOT / "data" / "models" / "starter"  # whole as it lies there: serves where that package is not


def first_model() -> Path:
    """Return the model that the app opens with: the first one, the starter where that one's package is missing."""
    return FIRST if (FIRST / "manifest.json").is_file() and not missing(FIRST) else STARTER


class Settings(BaseSettings):
    """What a person may set. `WORKBENCH_DB=/data/ideas.db make run` is how."""

    model_config = SettingsConfigDict(
        env_prefix="WORKBENCH_", env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    db: Path = Field(default=ROOT / "data" / "workbench.db", description="the SQLite file that holds everything")
    default_model: Path = Field(
        default_factory=first_model,
        description="what serves until another is chosen in the app; data/models/smollm2 where its package is there, "
        "else data/models/starter",
    )
    model: Path = Field(
        default_factory=lambda given: given["default_model"],
        description="a GGUF file, or a folder with a manifest.json, for every task whatever is chosen in the app",
    )
    models: Path = Field(
        default=ROOT / "data" / "models", description="the folder of the models that were downloaded or added"
    )
    catalogue: Path = Field(
        default=ROOT / "data" / "models" / "catalogue.json",
        description="your own entries for the catalogue, a JSON list as in workbench/models/catalogue/catalogue.json",
    )
    engine: Literal["llama", "remote", "fake"] = Field(
        default="llama", description="llama: on this machine; remote: a server; fake: page tests only"
    )
    remote_url: str = Field(default="", description="address of an OpenAI-compatible server, http://host:8080/v1")
    remote_model: str = Field(default="", description="the model to ask it for; its key is in WORKBENCH_REMOTE_KEY")
    remote_model_brainstorm: str = Field(default="", description="another model for this task")
    remote_model_refine: str = Field(default="", description="another model for this task")
    remote_model_evaluate: str = Field(default="", description="another model for this task")
    remote_parallel: int = Field(default=16, ge=1, description="requests to the server at a time")
    remote_longest_wait: float = Field(
        default=30, ge=0, description="seconds that a server may ask to wait (Retry-After) before it counts as busy"
    )
    embedding_model: Path | None = Field(default=None, description="a GGUF embedding model; None: none is used")
    context: int = Field(default=4096, ge=256, description="tokens of KV cache, shared by the sequences at work")
    threads: int | None = Field(default=None, description="None: the physical cores, one for a model under 128 MB")
    idle_unload_minutes: float = Field(
        default=30, ge=0, description="without work, then the model leaves memory and loads again on use; 0: it stays"
    )
    library: Path = Field(default=ROOT / "data" / "ideas" / "brainstorm.jsonl.gz", description="the idea set")
    library_index: Path | None = Field(default=None, description="None: library.db beside the database")
    lenses: Path | None = Field(
        default=None, description='your lenses as a JSON list of {"name", "instruction", "example", "source", "kind"}'
    )
    runs: Path = Field(default=ROOT / "runs", description="where the training scripts leave their runs")
    owner: str = Field(default="", description="the name written on the person's own ideas")

    @property
    def library_file(self) -> Path:
        """Where the library's search index lies."""
        return self.library_index or self.db.with_name("library.db")

    @property
    def lacking(self) -> str:
        """Why the starter is the default in place of the first model, one sentence; "" when it is not, or was named."""
        named = self.model_fields_set & {"model", "default_model"}
        return missing(FIRST) if self.model == STARTER and not named else ""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings; the environment is read at the first call. Raises InputError."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"WORKBENCH_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise InputError(f"The setting {name}={first.get('input')!r} cannot be used: {first['msg']}.") from error
