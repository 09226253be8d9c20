"""Remote shells from wish to recording, with a real pty on the other side."""

import base64
import hashlib
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hinomi.errors import Forbidden, InputError, NotFound
from hinomi.response import live_shell
from hinomi.response.shell_store import ShellPolicy
from hinomi.response.shells import Shells
from hinomi.schema.principal import Principal, Role
from hinomi.schema.task import ResponseTask, TaskState
from hinomi.wire.message import Shell
from tests.make_access import person
from tests.make_response import ADMINISTRATOR, ASKER, GUID, OTHER, SECOND, Desk
from tests.make_shell import Endpoint, Screen


class Room(Desk):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.open_shells()

    def open_shells(self) -> None:
        """Also what a restart does."""
        self.shells = Shells(self.database, self.audit, self.tasks, self.folder / "shells", self.clock)
        self.tasks.watchers[:] = [self.shells.task_moved]
        self.endpoint = Endpoint(self.shells, GUID)

    def start(self, by: Principal = ASKER) -> tuple[ResponseTask, Screen]:
        """A shell that runs, and its screen."""
        task = self.shells.open(by, "web-1", "looking at a strange process")
        self.endpoint.run(self.hand_out(task).parameters)
        screen = self.look(by, task, is_driver=True)
        screen.until(lambda: screen.state["mayType"] or screen.state["why"]["en"].startswith("Keys"))
        return task, screen

    def look(self, by: Principal, task: ResponseTask, is_driver: bool = False) -> Screen:
        screen = Screen(by.name, is_driver)
        screen.live = self.shells.attach(by, task.id, screen.viewer)
        return screen

    def row(self) -> dict[str, Any]:
        (row,) = self.shells.page().items
        return row

    def lines(self) -> list[Any]:
        path = self.folder / "shells" / f"{self.row()['session']}.cast"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def said(self, kind: str) -> str:
        return "".join(line[2] for line in self.lines()[1:] if line[1] == kind)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.shells.close()
    made.endpoint.join()
    made.close()


def test_a_shell_is_asked_for_used_and_recorded(room: Room) -> None:
    task, screen = room.start()
    assert screen.type("echo 火の$((40+2))\n")
    screen.sees("火の42")
    screen.type("exit 7\n")
    assert screen.ended() == "exit"
    assert room.endpoint.join()["exit_code"] == 7
    row = room.row()
    assert (row["state"], row["end_reason"], row["asked_by"]) == ("ended", "exit", ASKER.name)
    assert row["input_bytes"] == len("echo 火の$((40+2))\nexit 7\n".encode())
    header = room.lines()[0]
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    assert room.said("i") == "echo 火の$((40+2))\nexit 7\n"
    assert "火の42" in room.said("o")
    path = room.shells.recording(ASKER, task.id)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
    told = [action for action, _ in room.told()]
    assert [each for each in told if each.startswith("shell.")] == ["shell.start", "shell.end", "shell.recording"]


def test_what_is_shown_was_recorded_before(room: Room) -> None:
    _, screen = room.start()
    shown: list[bool] = []
    deliver = screen.viewer.deliver

    def look_first(event: dict[str, Any]) -> None:
        if event["type"] == "output":
            shown.append(screen.live is not None and room.said("o").endswith(_text(event)))
        deliver(event)

    screen.viewer.deliver = look_first
    screen.type("echo one; echo two\n")
    screen.sees("two\r\n")
    assert shown
    assert all(shown)


def _text(event: dict[str, Any]) -> str:
    return base64.b64decode(event["data"]).decode()


def test_one_click_ends_it_and_nothing_runs_on(room: Room) -> None:
    task, screen = room.start()
    screen.type("sleep 1000\n")
    room.shells.end(SECOND, task.id)
    assert screen.ended() == "ended"
    assert room.endpoint.join() | {"seconds": 0} == room.endpoint.results[-1] | {"seconds": 0, "left": 0}
    assert (room.row()["ended_by"], room.row()["end_reason"]) == (SECOND.name, "ended")
    room.shells.end(SECOND, task.id)


def test_a_flood_stops_at_who_does_not_look(room: Room) -> None:
    _, screen = room.start()
    screen.live, live = None, screen.live  # shows nothing, so gives no credit
    assert live is not None
    live.type(screen.viewer, b"yes\n")
    screen.until(lambda: live.counts.outstanding > 200_000)
    assert live.counts.outstanding <= live_shell.MAX_OUTSTANDING
    live.end("ended")
    room.endpoint.join()
    assert room.row()["end_reason"] == "ended"


def test_a_sensor_that_sends_more_than_agreed_is_cut_off(room: Room) -> None:
    _, screen = room.start()
    screen.live = None
    session = room.row()["session"]
    for _ in range(live_shell.MAX_OUTSTANDING // 60_000 + 2):
        room.shells.came(GUID, Shell(session, "output", b"x" * 60_000))
    assert screen.ended() == "flooded"


def test_a_second_person_looks_on_and_cannot_type(room: Room) -> None:
    task, screen = room.start()
    screen.type("echo first\n")
    screen.sees("first\r\n")
    other = room.look(SECOND, task, is_driver=True)
    assert not other.viewer.is_driver
    other.sees("first")
    assert not other.type("echo stolen\n")
    screen.until(lambda: screen.state["watchers"] == [SECOND.name])
    screen.type("echo second\n")
    other.sees("second\r\n")
    assert "stolen" not in room.said("i")
    assert room.row()["watchers"] == [SECOND.name]


def test_with_four_eyes_keys_count_only_while_the_second_person_is_there(room: Room) -> None:
    room.shells.set_policy(ADMINISTRATOR, ShellPolicy(watch=True))
    task, screen = room.start()
    assert not screen.type("echo alone\n")
    assert screen.state["why"]["ja"]
    own = room.look(ASKER, task)  # a second window of one's own is no second person
    assert not screen.type("echo alone\n")
    other = room.look(SECOND, task)
    assert screen.type("echo together\n")
    other.sees("together\r\n")
    assert other.live is not None
    other.live.detach(other.viewer)
    assert not screen.type("echo alone\n")
    assert own.live is not None
    assert "alone" not in room.said("i")


def test_with_approval_it_waits_for_the_second_person(room: Room) -> None:
    policy = room.desk.approvals.policy()
    room.desk.approvals.set_policy(ADMINISTRATOR, replace(policy, four_eyes_shell=True))
    task = room.shells.open(ASKER, "web-1", "because")
    assert task.state is TaskState.PENDING_APPROVAL
    screen = room.look(ASKER, task, is_driver=True)
    with pytest.raises(Forbidden):
        room.tasks.approve(ASKER, task.id)
    assert room.tasks.approve(SECOND, task.id).state is TaskState.QUEUED
    assert screen.state["state"] == "waiting"
    room.tasks.cancel(ASKER, task.id)
    assert screen.ended() == "cancelled"


def test_a_refused_approval_ends_it(room: Room) -> None:
    room.desk.approvals.set_policy(ADMINISTRATOR, replace(room.desk.approvals.policy(), four_eyes_shell=True))
    task = room.shells.open(ASKER, "web-1", "because")
    screen = room.look(ASKER, task, is_driver=True)
    room.tasks.reject(SECOND, task.id, "no need")
    assert screen.ended() == "rejected"
    assert room.row()["end_reason"] == "rejected"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.INGESTER, Role.SIEM])
def test_other_roles_open_end_and_watch_nothing(room: Room, role: Role) -> None:
    task, screen = room.start()
    stranger = person("eve", role)
    with pytest.raises(Forbidden):
        room.shells.open(stranger, "web-1", "curious")
    with pytest.raises(Forbidden):
        room.shells.end(stranger, task.id)
    with pytest.raises(Forbidden):
        room.look(stranger, task)
    assert screen.type("true\n")


def test_a_reason_is_needed_and_the_endpoint_too(room: Room) -> None:
    with pytest.raises(InputError):
        room.shells.open(ASKER, "web-1", "  ")
    with pytest.raises(NotFound):
        room.shells.open(ASKER, "web-7", "because")
    assert room.shells.page().total == 0


def test_a_shell_that_this_server_does_not_know_is_ended(room: Room) -> None:
    """Asked for past the room, with limits of one's own."""
    sent: list[tuple[str, Shell]] = []
    room.shells.use(lambda guid, piece: sent.append((guid, piece)))
    room.shells.came(GUID, Shell("7" * 32, "open"))
    assert [(guid, piece.what) for guid, piece in sent] == [(GUID, "end")]


def test_another_sensor_cannot_speak_for_it(room: Room) -> None:
    _, screen = room.start()
    room.shells.came(OTHER, Shell(room.row()["session"], "output", b"forged"))
    room.shells.came(OTHER, Shell(room.row()["session"], "end"))
    screen.type("echo real\n")
    screen.sees("real\r\n")
    assert "forged" not in screen.text


def test_the_loss_of_the_sensor_ends_it(room: Room) -> None:
    _, screen = room.start()
    room.endpoint.work.shells.lost()
    room.shells.lost(GUID)
    assert screen.ended() == "channel_lost"
    assert room.endpoint.join()["reason"] == "channel_lost"


def test_the_server_keeps_the_times_too(room: Room) -> None:
    _, screen = room.start()
    room.clock.pass_s(ShellPolicy().idle_s + 6)
    room.shells.sweep()
    assert screen.ended() == "idle"


def test_after_a_crash_of_the_server_the_recording_reads_and_the_row_says_so(room: Room) -> None:
    task, screen = room.start()
    screen.type("echo before the crash\n")
    screen.sees("before the crash\r\n")
    room.endpoint.is_cut = True  # the old room hears nothing more
    room.endpoint.work.shells.lost()
    room.endpoint.join()
    room.open_shells()
    assert screen.live is not None
    assert screen.live._recording is not None
    screen.live._recording.close()  # as the end of the process does
    row = room.row()
    assert (row["state"], row["end_reason"]) == ("ended", "server_stopped")
    assert "before the crash" in room.said("o")
    with pytest.raises(NotFound):
        room.look(ASKER, task)


def test_what_waits_still_waits_after_a_restart(room: Room) -> None:
    task = room.shells.open(ASKER, "web-1", "because")
    room.open_shells()
    room.endpoint.run(room.hand_out(task).parameters)
    screen = room.look(ASKER, task, is_driver=True)
    screen.until(lambda: screen.state["mayType"])
    screen.type("exit\n")
    assert screen.ended() == "exit"


def test_a_recording_that_cannot_grow_ends_the_shell(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hinomi.response.recording.MAX_BYTES", 4000)
    _, screen = room.start()
    screen.type("seq 1 100000\n")
    assert screen.ended() == "recording_full"
    assert len(screen.text) < 8000
    assert room.lines()[0]["version"] == 2


def test_only_an_administrator_changes_the_policy(room: Room) -> None:
    with pytest.raises(Forbidden):
        room.shells.set_policy(SECOND, ShellPolicy(idle_s=60))
    with pytest.raises(InputError):
        room.shells.set_policy(ADMINISTRATOR, ShellPolicy(idle_s=600, max_s=60))
    assert room.shells.set_policy(ADMINISTRATOR, ShellPolicy(idle_s=60)).idle_s == 60
    task = room.shells.open(ASKER, "web-1", "because")
    assert task.parameters["idle_s"] == 60
