import getpass

import pytest

from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions.remote_shell import ACTION, run_shell
from tests.make_shell import SESSION, Far, ShellWork


def test_it_runs_commands_and_says_how_it_ended() -> None:
    with Far() as far:
        far.start().type("echo $((6*7)); exit 3\n")
        result = far.join()
    assert b"42\r\n" in far.output
    assert (result["reason"], result["exit_code"], result["left"]) == ("exit", 3, 0)
    assert result["output_bytes"] == len(far.output)
    assert far.pieces[-1].what == "end"
    assert [piece.number for piece in far.pieces] == list(range(1, len(far.pieces) + 1))


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"user": "no-such-user-here"}, "not_found"),
        ({"shell": "/usr/bin/env"}, "unsupported"),
        ({"shell": "bash"}, "unsupported"),
        ({"idle_s": 5}, "refused"),
        ({"max_s": 86_400}, "refused"),
    ],
)
def test_what_the_endpoint_does_not_do(parameters: dict[str, object], code: str) -> None:
    work = ShellWork()
    work.shells.connected(lambda _: None)
    wanted = {"session": SESSION, "user": getpass.getuser(), "shell": "/bin/bash", **parameters}
    with pytest.raises(ActionFailed) as caught:
        run_shell(work, wanted, lambda: 0.0)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.ja


def test_without_a_channel_no_shell_opens() -> None:
    with pytest.raises(ActionFailed, match="No further"):
        ACTION.run(ShellWork(), {"session": SESSION})  # type: ignore[arg-type]


def test_a_session_opens_once() -> None:
    with Far() as far, pytest.raises(ActionFailed, match="No further"):
        ACTION.run(far.work, {"session": SESSION})  # type: ignore[arg-type]
