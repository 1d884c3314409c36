"""Settings, read once from the environment or `.env`; every one has a working default."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What a person may set. `WORKBENCH_DB=/data/ideas.db make run` is how."""

    model_config = SettingsConfigDict(env_prefix="WORKBENCH_", env_file=ROOT / ".env", extra="ignore", frozen=True)

    db: Path = Field(ROOT / "data" / "workbench.db", description="the SQLite file that holds everything")
    model: Path = Field(ROOT / "data" / "models" / "starter", description="a GGUF file, or a folder with a manifest.json")
    engine: str = Field("llama", description="llama, or fake (page tests only)")
    context: int = Field(4096, ge=256, description="tokens of KV cache, shared by the sequences at work")
    threads: int | None = Field(None, description="None: the physical cores")
    library: Path = Field(ROOT / "data" / "ideas" / "brainstorm.jsonl.gz", description="the idea set")
    owner: str = Field("", description="the name written on the person's own ideas")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings; the environment is read at the first call."""
    return Settings()
