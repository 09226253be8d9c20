"""What stands between a met condition and a detection that people see. In: a filter, its detection. Out: texts."""

from collections.abc import Iterable, Iterator
from typing import Any

from hinomi.detect.exceptions import matcher
from hinomi.errors import InputError
from hinomi.schema.content import Filter, Text
from hinomi.schema.detection import Detection
from hinomi.schema.exception import DetectionException


def obstacles_of(
    found: Filter, detection: Detection | None, exceptions: Iterable[DetectionException]
) -> list[dict[str, Any]]:
    """[{"kind", "id", "text"}]; kind: disabled, feeds, exception. `exceptions`: those that are active."""
    return [
        {"kind": kind, "id": id_, "text": {"en": text.en, "ja": text.ja}}
        for kind, id_, text in _obstacles(found, detection, exceptions)
    ]


def _obstacles(
    found: Filter, detection: Detection | None, exceptions: Iterable[DetectionException]
) -> Iterator[tuple[str, str, Text]]:
    if not found.enabled:
        yield (
            "disabled",
            found.id,
            Text(
                "The filter is switched off: it finds nothing now.",
                "このフィルタは無効になっています。現在は何も検知しません。",
            ),
        )
    if not found.is_alone:
        yield (
            "feeds",
            found.id,
            Text(
                "The filter only feeds correlations: it makes no detection of its own.",
                "このフィルタは相関ルール専用です。単独では検知になりません。",
            ),
        )
    if detection is not None:
        yield from (("exception", one.id, _told(one)) for one in exceptions if _hides(one, detection))


def _hides(one: DetectionException, detection: Detection) -> bool:
    try:
        return matcher(one.terms)(detection)
    except InputError:  # terms that a later version no longer takes: they hide nothing in the pipeline either
        return False


def _told(one: DetectionException) -> Text:
    terms = f"{one.terms.field} {one.terms.operator} {one.terms.value[:80]!r}"
    return Text(
        f"An exception hides it ({terms}): {one.reason}", f"例外 ({terms}) により非表示になります: {one.reason}"
    )
