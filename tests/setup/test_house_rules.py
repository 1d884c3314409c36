"""House rules that import-linter cannot see: the entry file and the pages are no packages.

    python -m pytest tests/setup
"""

import ast

import pytest

from workbench.settings import ROOT

# What a page may call beside plain records.
ROOMS = ("workbench.ui", "workbench.assist", "workbench.lab", "workbench.training")
PLAIN = ("workbench.records", "workbench.errors", "workbench.settings")
KEPT_OUT = ("workbench", "finetune", "sqlite3", "sqlite_utils", "llama_cpp", "torch", "transformers")
DRAWN = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.name)
def test_pages_know_only_streamlit_and_the_rooms_below(path):
    foreign = [name for name in imports(path) if name.split(".")[0] in KEPT_OUT and not name.startswith(ROOMS + PLAIN)]
    assert foreign == []


def test_there_are_pages_to_look_at():
    assert len(DRAWN) > 4


@pytest.mark.parametrize("folder", ["workbench", "finetune"])
def test_nothing_imports_a_page(folder):
    found = {path: set(imports(path)) & {"app", "pages"} for path in (ROOT / folder).rglob("*.py")}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("folder", ["workbench", "finetune", "pages", "scripts"])
def test_no_file_is_a_drawer_for_odds_and_ends(folder):
    names = {path.stem for path in (ROOT / folder).rglob("*.py")}
    assert names & {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handlers"} == set()
