"""What keeps a met condition from being a detection that people see is said."""

from dataclasses import replace

from hinomi.operations.explanation import detection_in
from hinomi.operations.obstacle import obstacles_of
from hinomi.schema.exception import DetectionException, ExceptionOperator, ExceptionTerms
from tests import make
from tests.detect import making

FOUND = making.sigma_filter({"CommandLine|contains": "whoami"})
DETECTION = detection_in(FOUND, make.record(CommandLine="whoami /all").decode())


def exception(value: str, field: str = "objectCmd") -> DetectionException:
    terms = ExceptionTerms(field, ExceptionOperator.CONTAINS, value)
    return DetectionException("x1", terms, "inventory at night", "mika", created_ms=1, expires_ms=None, enabled=True)


def test_nothing_stands_in_the_way_of_an_ordinary_detection() -> None:
    assert DETECTION is not None
    assert obstacles_of(FOUND, DETECTION, [exception("hostname")]) == []


def test_an_exception_is_named_with_its_reason() -> None:
    (found,) = obstacles_of(FOUND, DETECTION, [exception("whoami")])
    assert (found["kind"], found["id"]) == ("exception", "x1")
    assert "inventory at night" in found["text"]["en"]
    assert "inventory at night" in found["text"]["ja"]


def test_an_exception_that_no_longer_means_anything_hides_nothing() -> None:
    assert obstacles_of(FOUND, DETECTION, [exception("whoami", field="gone")]) == []


def test_a_filter_that_is_off_or_feeds_others_says_so() -> None:
    off = replace(FOUND, enabled=False, is_alone=False)
    assert [one["kind"] for one in obstacles_of(off, None, [exception("whoami")])] == ["disabled", "feeds"]


def test_a_filter_that_is_not_met_makes_no_detection() -> None:
    assert detection_in(FOUND, make.record(CommandLine="hostname").decode()) is None
