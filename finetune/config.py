"""A run's settings: one flat YAML file, any key of which a flag overrides (`--max_minutes 5`)."""

import argparse
from pathlib import Path
from types import SimpleNamespace

import yaml

from workbench.errors import InputError


def load(description: str, argv: list[str] | None = None, defaults: Path | None = None) -> SimpleNamespace:
    """Return the settings named by `--config`, laid over `defaults`, with the flags of `argv` laid over them."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True, help="YAML file; its keys are the flags")
    chosen, flags = parser.parse_known_args(argv)
    settings = (read(defaults) if defaults else {}) | read(chosen.config)
    return SimpleNamespace(**override(settings, flags, chosen.config))


def read(path: Path) -> dict:
    if not path.is_file():
        raise InputError(f"There is no config at {path}. Name one of finetune/configs/*.yaml.")
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not valid YAML ({' '.join(str(error).split())}). Mend it.") from error
    if not isinstance(found, dict):
        raise InputError(f"{path} holds no settings. Write one `key: value` a line.")
    return found


def override(settings: dict, flags: list[str], source: Path) -> dict:
    """Lay `--key value` pairs over `settings`; a key that the file does not have is refused.

    A setting that is true or false may stand alone: `--preview` is `--preview true`.
    """
    settings, left = dict(settings), list(flags)
    while left:
        flag = left.pop(0)
        key = flag.removeprefix("--").replace("-", "_")
        if not flag.startswith("--") or key not in settings:
            raise InputError(f"{source.name} has no setting for {flag}. It has: {', '.join(settings)}.")
        alone = not left or left[0].startswith("--")
        if alone and not isinstance(settings[key], bool):
            raise InputError(f"{flag} needs a value after it.")
        value = "true" if alone else left.pop(0)
        settings[key] = yaml.safe_load(value)
        if isinstance(settings[key], str):  # YAML 1.1 reads 3e-4 as text
            try:
                settings[key] = float(value)
            except ValueError:
                pass
    return settings
