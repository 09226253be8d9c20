"""content/measured.yml: for each filter [hits, events] on the sets where nothing is wrong (hinomi/detect/measured.py)."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from hinomi.detect.measured import FILE

HEAD = """\
# Written by `make eval-write`, never by hand. For each filter [hits, events of a kind that it can meet] on: recordings of
# ordinary hosts (benign), ordinary work of our own (own), what surrounds the attack in laboratories (background).
# What follows from it: docs/reference/content.md, "Class and confidence".
filters:
"""


def write_measured(content: Path, hits: Mapping[str, Counter[str]], events: Mapping[str, Counter[str]]) -> Path:
    """`hits`, `events`: set -> filter id -> count; a filter of no set has no line."""
    lines = []
    for name in sorted({name for counts in events.values() for name in counts}):
        counts = (f"{set_}: [{hits[set_][name]}, {found[name]}]" for set_, found in events.items() if found[name])
        lines.append(f"  {name}: {{{', '.join(counts)}}}\n")
    path = content / FILE
    path.write_text(HEAD + ("".join(lines) or "  {}\n"))
    return path
