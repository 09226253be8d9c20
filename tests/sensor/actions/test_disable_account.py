"""Accounts in a private copy of /etc, which only this test's mount namespace sees: never the machine's own."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hinomi.sensor import local_account, state_file
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions import BY_NAME
from tests.make_endpoint import Bench, in_own_mounts, needs_root
from tests.make_process import own_program

pytestmark = [
    needs_root,
    pytest.mark.skipif(bool(local_account.missing()), reason=str(local_account.missing())),
]
USER, UID = "hinomi-test", 54_321  # nothing else on the machine runs as it
HASH = "$6$salt$" + "x" * 86


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def there(tmp_path: Path) -> Callable[[Callable[[], Any]], Any]:
    """Does something where /etc is a copy with one account more."""
    etc = tmp_path / "etc"
    shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True)
    with (etc / "passwd").open("a") as file:
        file.write(f"{USER}:x:{UID}:{UID}::/nonexistent:/bin/bash\n")
    with (etc / "shadow").open("a") as file:
        file.write(f"{USER}:{HASH}:19000:0:99999:7:::\n")
    machine = {name: Path("/etc", name).read_bytes() for name in ("passwd", "shadow")}

    def do(act: Callable[[], Any]) -> Any:
        def inside() -> Any:
            subprocess.run(["mount", "--bind", etc, "/etc"], check=True)
            assert USER in Path("/etc/passwd").read_text()
            return act()

        try:
            return in_own_mounts(inside)
        finally:
            assert {name: Path("/etc", name).read_bytes() for name in machine} == machine

    return do


def act(bench: Bench, name: str, user: str = USER) -> dict[str, Any]:
    return dict(BY_NAME[name].run(bench, {"user": user}))


def shadow() -> list[str]:
    line = next(line for line in Path("/etc/shadow").read_text().splitlines() if line.startswith(f"{USER}:"))
    return line.split(":")


def test_disabled_and_enabled_it_is_what_it_was(bench, there) -> None:
    def all_of_it() -> None:
        before = shadow()
        done = act(bench, "disable_account")
        assert (done["before"]["locked"], done["after"]["locked"], done["after"]["password_locked"]) == (
            False,
            True,
            True,
        )
        assert act(bench, "look_at_account")["locked"] is True
        assert act(bench, "disable_account")["after"]["locked"] is True  # twice is once
        assert act(bench, "enable_account")["after"]["locked"] is False
        assert shadow() == before

    there(all_of_it)


def test_a_locked_password_and_an_expiry_of_before_come_back(bench, there) -> None:
    def all_of_it() -> None:
        subprocess.run(["usermod", "-L", "-e", "2099-05-06", USER], check=True)
        before = shadow()
        act(bench, "disable_account")
        assert act(bench, "enable_account")["after"]["password_locked"] is True
        assert shadow() == before

    there(all_of_it)


def test_a_new_password_that_must_be_changed(bench, there) -> None:
    def all_of_it() -> None:
        done = act(bench, "reset_password")
        assert len(done["password"]) == 20
        assert done["password"] not in "".join(shadow())
        assert shadow()[1] != HASH
        assert shadow()[1].startswith("$")
        assert act(bench, "look_at_account")["must_change"] is True
        assert act(bench, "reset_password")["password"] != done["password"]

    there(all_of_it)


def test_all_that_runs_as_it_ends(bench, there, tmp_path) -> None:
    program = own_program(Path("/tmp"), "sleep")

    def all_of_it() -> None:
        words = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", program, "60"]
        with subprocess.Popen(words) as first, subprocess.Popen(words, start_new_session=True) as second:
            while len(local_account.processes(UID)) < 2:
                assert first.poll() is None
            assert act(bench, "look_at_account")["processes"] == 2
            done = act(bench, "sign_out")
            assert (done["ended"], done["left"]) == (2, 0)
            assert (first.wait(), second.wait()) == (-9, -9)
        assert act(bench, "look_at_account")["processes"] == 0

    try:
        there(all_of_it)
    finally:
        program.unlink()


@pytest.mark.parametrize("name", ["disable_account", "enable_account", "sign_out", "reset_password"])
def test_root_and_strangers_are_refused(bench, there, name) -> None:
    for user, code in (("root", "refused"), ("nobody-here", "not_found"), ("-h", "not_found"), ("a:b", "not_found")):

        def refused(user: str = user, code: str = code) -> None:
            with pytest.raises(ActionFailed) as caught:
                act(bench, name, user)
            assert (caught.value.code, bool(caught.value.ja)) == (code, True)

        there(refused)


def test_killed_in_the_middle_it_is_looked_at_again(bench, there) -> None:
    def all_of_it() -> None:
        after = BY_NAME["disable_account"].after_crash
        assert after(bench, {"user": USER}) is None
        state_file.write(bench.folder / "accounts" / f"{UID}.json", local_account.told(local_account.find(USER)))
        assert after(bench, {"user": USER}) is None
        local_account.disable(USER)
        told = after(bench, {"user": USER})
        assert told is not None
        assert told["after"]["locked"] is True

    there(all_of_it)
