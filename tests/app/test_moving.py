"""A table that the move does not know of would be taken for somebody else's."""

import subprocess
import sys

KNOWN = "import hinomi.app.moving; from hinomi.database import metadata; print(*sorted(metadata.tables))"
ALL = """
import importlib, pkgutil, hinomi
from hinomi.database import metadata
for module in pkgutil.walk_packages(hinomi.__path__, "hinomi."):
    if "migrations" not in module.name and "__main__" not in module.name and "hinomi.sensor" not in module.name:
        importlib.import_module(module.name)
print(*sorted(metadata.tables))
"""


def test_every_table_of_the_house_is_known() -> None:
    known, there = (
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120).stdout
        for code in (KNOWN, ALL)
    )
    assert known == there
    assert "backups" in known.split()
