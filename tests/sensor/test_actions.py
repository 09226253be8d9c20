"""What holds for every action of the sensor."""

import re
from pathlib import Path

from hinomi.response.actions import ACTIONS as SERVER_HALVES
from hinomi.schema.task import TargetKind
from hinomi.sensor.actions import ACTIONS, BY_NAME

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs/reference/actions.md").read_text().partition("## ")[0]


def test_the_tuple_is_sorted_and_named_as_the_files() -> None:
    names = [action.name for action in ACTIONS]
    files = {path.stem for path in (ROOT / "hinomi/sensor/actions").glob("*.py")} - {"__init__"}
    assert names == sorted(names)
    assert set(names) == files == set(BY_NAME)


def test_the_reference_lists_all_and_nothing_else() -> None:
    assert re.findall(r"^\| `(\w+)` \|", REFERENCE, re.MULTILINE) == [action.name for action in ACTIONS]


def test_each_has_a_half_on_the_server_and_each_half_its_action() -> None:
    halves = {each.name: each for each in SERVER_HALVES}
    assert set(BY_NAME) - set(halves) <= {"remote_shell"}  # a session of its own kind
    wanted = {name for name, each in halves.items() if each.kind in (TargetKind.ENDPOINT, TargetKind.ACCOUNT)}
    assert wanted <= set(BY_NAME)


def test_each_can_say_whether_it_can_run_here() -> None:
    for action in ACTIONS:
        reason = action.needs()
        assert reason is None or reason.strip()
