"""A sensor killed with -9 while it acts does the command no second time, and says what became of it."""

import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from hinomi.sensor.action import EndpointAction
from hinomi.sensor.executor import Executor
from hinomi.sensor.journal import Journal
from hinomi.wire.command import Command
from hinomi.wire.message import Message, Result
from tests.waiting import until

# takes one command as the sensor does, marks that it began, and would never end
ACT = """
import sys, threading, time
from pathlib import Path
from hinomi.sensor.action import EndpointAction
from tests.sensor.test_executor_at_most_once import executor
folder = Path(sys.argv[1])
def run(work, parameters):
    with (folder / "mark").open("a") as file:
        file.write("once\\n")
    print("acting", flush=True)
    threading.Event().wait(60)
    return {}
made, _ = executor(folder, {"act": EndpointAction("act", run)})
made.take(b"", b"")
threading.Event().wait(60)
"""


class Around:
    """What the executor needs of its surroundings when an action asks for nothing."""

    folder = Path()
    sensor = ""
    shells = guards = None

    class Nowhere:
        addresses = ()

    def link(self) -> "Around.Nowhere":
        return self.Nowhere()

    def emit(self, kind: str, data: object) -> None:
        """Nobody looks at it here."""


def the_command() -> Command:
    now_ms = int(time.time() * 1000)
    return Command("c" * 32, "sensor", "act", {}, now_ms, now_ms + 600_000, 1)


def executor(folder: Path, actions: dict[str, EndpointAction]) -> tuple[Executor, list[Message]]:
    sent: list[Message] = []
    journal = Journal(folder / "journal.db", 0)
    made = Executor(journal, actions, Around(), lambda _body, _signature: the_command(), sent.append)  # type: ignore[arg-type]
    return made, sent


@pytest.mark.parametrize("knows", [True, False], ids=["known afterwards", "not known"])
def test_a_kill_in_the_middle_is_no_second_time(tmp_path: Path, knows: bool) -> None:
    process = subprocess.Popen([sys.executable, "-c", ACT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "acting\n"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()

    def again(_work: object, _parameters: object) -> dict[str, object]:
        raise AssertionError("done a second time")

    after = {"it": "happened"} if knows else None
    action = EndpointAction("act", again, after_crash=lambda _work, _parameters: after)
    made, sent = executor(tmp_path, {"act": action})
    made.resume()
    made.take(b"", b"")  # and the server sends it once more
    until(lambda: any(isinstance(each, Result) for each in sent), "the result is told")
    result = next(each for each in sent if isinstance(each, Result))
    assert (tmp_path / "mark").read_text() == "once\n"
    assert result.result == (after or {})
    assert (result.error.code if result.error else "") == ("" if knows else "interrupted")
    kept = Journal(tmp_path / "journal.db", 0).get("c" * 32)
    assert kept is not None
    assert kept.result is not None
    assert orjson.loads(kept.result)["command"] == "c" * 32
