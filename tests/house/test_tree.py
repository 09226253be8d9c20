"""The shape of the house: tests mirror the package, plugins stand in their tuples, no address of a registry anywhere."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hinomi"
# folders of tests that mirror nothing: whole trips, the house itself, the browser
APART = {"house", "stories", "browser", "clients"}


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    return listing.stdout.splitlines()


def test_every_test_file_mirrors_a_file_of_the_package() -> None:
    strays = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        relative = path.relative_to(ROOT / "tests")
        if relative.parts[0] in APART:
            continue
        room = (ROOT if relative.parts[0] == "benchmarks" else PACKAGE) / relative.parent
        subject = relative.stem.removeprefix("test_")
        # test_<file>_<aspect>.py may hold one aspect of a file
        candidates = ["_".join(subject.split("_")[:count]) for count in range(subject.count("_") + 1, 0, -1)]
        if not any((room / f"{name}.py").exists() or (room / name).is_dir() for name in candidates):
            strays.append(str(relative))
    assert strays == []


@pytest.mark.parametrize(("folder", "tuple_name"), [("normalise/sources", "SOURCES"), ("detect/rules", "RULE_TYPES")])
def test_every_plugin_stands_in_its_tuple(folder: str, tuple_name: str) -> None:
    tree = ast.parse((PACKAGE / folder / "__init__.py").read_text())
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert tuple_name in named
    plugins = {path.stem for path in (PACKAGE / folder).glob("*.py")} - {"__init__"}
    assert plugins - named == set()


def test_no_room_is_named_for_nothing() -> None:
    forbidden = {"utils", "util", "common", "helpers", "core", "base", "misc"}
    assert [str(path) for path in PACKAGE.rglob("*") if path.stem in forbidden] == []


def test_no_file_names_a_package_registry() -> None:
    # spelled apart so that this file does not name them either
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "npmjs" + ".org", "yarnpkg" + ".com"]
    pattern = re.compile("|".join(map(re.escape, hosts)))
    found = []
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".png", ".ico", ".woff2"} or not path.is_file():
            continue
        if pattern.search(path.read_text(errors="replace")):
            found.append(name)
    assert found == []
