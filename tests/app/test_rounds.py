import threading

import pytest

from hinomi.app.rounds import Rounds
from hinomi.errors import Unavailable


def test_rounds_go_on_behind_one_that_stumbled_and_end_when_asked(caplog: pytest.LogCaptureFixture) -> None:
    rounds, third = 0, threading.Event()

    def sweep() -> int:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise Unavailable("no database")
        if rounds == 2:
            raise ZeroDivisionError
        third.set()
        return 0

    watched = Rounds("mail-rounds", sweep, pause_s=0.001)
    watched.start()
    assert third.wait(20)
    assert not watched.stopping.is_set()
    watched.close()
    assert watched.stopping.is_set()
    assert "no database" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    watched.close()


def test_what_never_began_is_closed_all_the_same() -> None:
    Rounds("mail-rounds", lambda: 0, 30.0).close()
