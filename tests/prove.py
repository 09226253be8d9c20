# ruff: noqa: T201  (a program that prints)
"""For writers of content, while they write.

python tests/prove.py [CONTENT]          errors of the files, then failures of the proofs
python tests/prove.py --hits FILE...     which filters of content/ fire on recordings, and how often
"""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hinomi.detect.content import Content, load_content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.proofs import verify

CONTENT = Path(__file__).resolve().parents[1] / "content"


def load(folder: Path) -> Content:
    content, errors = load_content(folder)
    for error in errors:
        print(error)
    print(f"{len(content.filters)} filters, {len(content.models)} models, {len(errors)} errors in files")
    return content


def prove(folder: Path) -> bool:
    report = verify(load(folder))
    for proof in report.failed:
        for failure in proof.failures:
            print(f"{proof.file}: {failure.test}: {failure.why.en}")
    print(f"{len(report.proofs) - len(report.failed)} of {len(report.proofs)} proofs hold")
    return report.ok


def hits(paths: list[Path]) -> None:
    from hinomi.ingest.protocols.file import read_paths

    content = load(CONTENT)
    engine, normaliser, correlator = Engine(content.filters), Normaliser(), Correlator(content.models)
    seen: Counter[tuple[str, str]] = Counter()
    alerts: Counter[str] = Counter()
    for records in read_paths(paths):
        found = [one for batch in normaliser.normalise(records, 0).activities for one in engine.observe(batch)]
        found.sort(key=lambda one: one.position)
        seen.update((one.filter_id, records.files[records.file_of[one.position]]) for one in found)
        alerts.update(match.model_id for match in correlator.observe(found) if match.is_new)
    for (name, file), count in sorted(seen.items()):
        print(f"{count:6} {name} {file}")
    for name, count in sorted(alerts.items()):
        print(f"{count:6} alerts of {name}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hits"]:
        hits([Path(one) for one in sys.argv[2:]])
    else:
        sys.exit(0 if prove(Path(sys.argv[1]) if sys.argv[1:] else CONTENT) else 1)
