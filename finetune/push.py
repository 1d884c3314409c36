"""Upload an export to the hub: first the list of what would go out, then the question, then one commit.

    python -m finetune.push exports/refine --repo me/refine
    python -m finetune.push exports/refine --repo me/refine --yes --public

The token is the environment's HF_TOKEN, the address HF_ENDPOINT. A new repository is private unless --public is given.
Refuses an export that was not proved, and records or model files that have changed since.
"""

import argparse
import json
import sys
from pathlib import Path

from workbench.errors import HubError, InputError, WorkbenchError
from workbench.models import hub
from workbench.models.gguf import sha256
from workbench.packaged import file_of


def main(argv: list[str] | None = None) -> None:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("folder", type=Path, help="an export, as finetune.export wrote it")
    made.add_argument("--repo", required=True, help="repository on the hub, OWNER/NAME")
    made.add_argument("--yes", action="store_true", help="do not ask")
    made.add_argument("--public", action="store_true", help="make a new repository public; default private")
    options = made.parse_args(argv)
    push(options.folder, options.repo, yes=options.yes, public=options.public)


def push(folder: Path, repo: str, *, yes: bool = False, public: bool = False) -> str:
    """Upload after asking; return the commit's address. Raises InputError, HubError."""
    files = outgoing(folder)
    print(listing(folder, repo, files, public=public), flush=True)
    if not yes and not _agreed():
        raise InputError("Nothing was uploaded. Answer yes, or give --yes where nobody can answer.")
    address = upload(folder, repo, files, public=public)
    print(f"Uploaded: {address}", flush=True)
    return address


def outgoing(folder: Path) -> list[Path]:
    """Return the files of a proved export whose models are unchanged. Raises InputError, ModelMissing."""
    manifests = sorted(folder.rglob("manifest.json"))
    if not manifests:
        raise InputError(f"{folder} is no export: it has no manifest.json. Make one with finetune.export.")
    if not (folder / "proof.json").is_file():
        raise InputError(f"{folder} was exported without its proof. Export it again without --unproven.")
    for path in manifests:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        for entry in (manifest["base"], *manifest["adapters"].values()):
            file = file_of(path.parent, entry)
            if not file.is_file() or sha256(file) != entry["sha256"]:
                raise InputError(f"{file} is not the file that was proved. Export it again.")
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def listing(folder: Path, repo: str, files: list[Path], *, public: bool) -> str:
    """Return what would go where, in words."""
    card = (folder / "README.md").read_text(encoding="utf-8")
    licence = next((line.removeprefix("license: ") for line in card.splitlines() if line.startswith("license: ")), "?")
    total = sum(path.stat().st_size for path in files)
    rows = [f"  {path.stat().st_size:>14,}  {path.relative_to(folder).as_posix()}" for path in files]
    where = hub.endpoint()
    words = "seen by everybody" if public else "private, if it is new"
    return "\n".join(
        [f"To {where}/{repo} ({words}), licence {licence}:", *rows, f"{len(files)} files, {total / 1e6:,.1f} MB."]
    )


def upload(folder: Path, repo: str, files: list[Path], *, public: bool) -> str:
    """Upload in one commit: all of it is there afterwards, or nothing."""
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi(endpoint=hub.endpoint())
    added = [CommitOperationAdd(path.relative_to(folder).as_posix(), str(path)) for path in files]
    try:
        api.create_repo(repo, private=not public, exist_ok=True)
        done = api.create_commit(repo, added, commit_message="Export with its proof")
    except Exception as error:
        raise _in_words(error, repo) from error
    return done.commit_url


def _in_words(error: Exception, repo: str) -> HubError:
    from huggingface_hub import errors

    host = hub.endpoint().removeprefix("https://").removeprefix("http://")
    if isinstance(error, errors.LocalTokenNotFoundError):
        return HubError(f"{host} asks who you are: make a token with the right to write there and set HF_TOKEN.")
    if isinstance(error, errors.HfHubHTTPError):
        status = error.response.status_code
        if status in (401, 403):
            return HubError(f"{host} does not let you write to {repo}: set HF_TOKEN to a token that may.")
        return HubError(f"{host} answered {status} to the upload of {repo}. Nothing changed there; try again later.")
    return HubError(f"{repo} could not be uploaded to {host}: {str(error).splitlines()[0][:200]}. Start again.")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Upload these files? [yes/no] ").strip().lower() in ("y", "yes")


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
