"""Commands of a Windows host, run as real processes of this one: bounded in time and in what is kept of their output."""

import os
import signal
import sys
import tracemalloc
from collections.abc import Iterator

import pytest

from hinomi.sensor.action import ActionFailed
from hinomi.sensor.windows import shell
from hinomi.sensor.windows.command import Command
from hinomi.sensor.windows.shell import HostShell

KEPT = 100_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "MOST_BYTES", KEPT)


@pytest.fixture
def quiet() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def python(code: str, timeout_s: float = 60) -> Command:
    return Command((sys.executable, "-c", code), timeout_s)


def test_both_streams_and_the_code_come_back() -> None:
    answer = HostShell().run(python("import sys; print('\ufeff出力'); print('oh', file=sys.stderr); sys.exit(3)"))
    assert (answer.code, answer.output, answer.error, answer.lost_bytes) == (3, "出力\n", "oh\n", 0)


def test_a_flood_is_bounded_while_it_is_read(small: None, quiet: None) -> None:
    answer = HostShell().run(
        python("import os\nfor _ in range(600): os.write(1, b'x' * 100_000); os.write(2, b'y' * 500)")
    )
    assert (answer.code, answer.output, len(answer.error)) == (0, "x" * KEPT, KEPT)
    assert answer.lost_bytes == 599 * 100_000 + 200_000
    assert tracemalloc.get_traced_memory()[1] < 20 << 20  # of 60 MB that were written; threads of other tests count too


def test_an_endless_flood_that_ignores_signals_ends_with_the_time(small: None) -> None:
    code = "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: os.write(1, b'x' * 65536)"
    with pytest.raises(ActionFailed) as caught:
        HostShell().run(python(code, timeout_s=0.5))
    assert caught.value.code == "timeout"


def test_what_a_command_leaves_behind_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "LINGER_S", 0.2)
    code = "import os, subprocess\nprint(subprocess.Popen(['sleep', '600']).pid, flush=True)"
    answer = HostShell().run(python(code))
    left = int(answer.output)
    try:
        os.kill(left, 0)  # it runs, and holds the output open
    finally:
        os.kill(left, signal.SIGKILL)
    assert answer.code == 0


def test_a_program_that_is_not_there_says_so() -> None:
    with pytest.raises(ActionFailed) as caught:
        HostShell().run(Command(("/nowhere/netsh.exe",)))
    assert (caught.value.code, bool(caught.value.ja)) == ("unsupported", True)
