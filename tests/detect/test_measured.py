"""What was measured, as the file says it, and the confidence it earns."""

from pathlib import Path

import pytest

from hinomi.detect.measured import Confidence, Count, Measured, load_measured
from hinomi.errors import ContentError


def written(folder: Path, text: str) -> Path:
    (folder / "measured.yml").write_text(text)
    return folder


def test_no_file_means_that_nothing_was_measured(tmp_path: Path) -> None:
    assert load_measured(tmp_path) == {}


def test_counts_come_back_by_filter(tmp_path: Path) -> None:
    folder = written(tmp_path, "filters:\n  one: {benign: [1, 200], own: [0, 5000], background: [7, 100000]}\n")
    found = load_measured(folder)["one"]
    assert found == Measured(Count(1, 200), Count(0, 5000), Count(7, 100_000))
    assert found.background.per_100k == 7.0


def test_a_set_without_events_it_could_meet_has_no_rate() -> None:
    assert Count(0, 0).per_100k is None


@pytest.mark.parametrize(
    ("measured", "confidence"),
    [
        (Measured(), Confidence.UNMEASURED),
        (Measured(background=Count(0, 50_000)), Confidence.UNMEASURED),
        (Measured(benign=Count(0, 60), own=Count(0, 39)), Confidence.UNMEASURED),
        (Measured(benign=Count(0, 60), own=Count(0, 40)), Confidence.MEDIUM),
        (Measured(own=Count(0, 1000)), Confidence.HIGH),
        (Measured(own=Count(0, 1000), background=Count(51, 100_000)), Confidence.MEDIUM),
        (Measured(own=Count(0, 1000), background=Count(50, 100_000)), Confidence.HIGH),
        (Measured(own=Count(0, 999)), Confidence.MEDIUM),
        (Measured(own=Count(0, 1000), background=Count(9000, 100_000)), Confidence.MEDIUM),
        (Measured(own=Count(1, 2000)), Confidence.MEDIUM),
        (Measured(own=Count(2, 3000)), Confidence.LOW),
        (Measured(benign=Count(1, 150)), Confidence.LOW),
    ],
)
def test_confidence_follows_the_thresholds(measured: Measured, confidence: Confidence) -> None:
    assert measured.confidence == confidence


@pytest.mark.parametrize(
    "text",
    [
        "filters: [one]\n",
        "- one\n",
        "filters:\n  one: 3\n",
        "filters:\n  one: {elsewhere: [0, 1]}\n",
        "filters:\n  one: {own: [0]}\n",
        "filters:\n  one: {own: [-1, 5]}\n",
        "filters:\n  one: {own: [true, 5]}\n",
        "filters: {one: {own: [0, 5]\n",
    ],
)
def test_a_file_of_another_shape_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContentError, match=r"measured\.yml"):
        load_measured(written(tmp_path, text))
