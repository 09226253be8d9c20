"""The kit as a person gets it: built, run on this machine by Pythons outside our own environment and by a shell alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hinomi.app.forensics import EVIDENCE
from hinomi.errors import InputError, NotFound
from hinomi.operations.kit import KitBuilder, KitKey
from hinomi.operations.kit_archive import open_archive
from hinomi.settings import shipped_kit

PYTHONS = [
    name
    for name in ("python3.7", "python3.8", "python3.9", "python3.12", "python3.13", "python3")
    if shutil.which(name)
]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> KitKey:
    return KitKey(tmp_path_factory.mktemp("key") / "kit.key")


@pytest.fixture(scope="module")
def builder(key: KitKey) -> KitBuilder:
    return KitBuilder(shipped_kit(), EVIDENCE, "7", "0.1.0", key)


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | environment
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=300)


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = KitKey(tmp_path / "kit.key")
    assert KitKey(tmp_path / "kit.key").id == first.id
    assert (tmp_path / "kit.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="another server"):
        first.open(b"x" * 384)


def test_the_same_kit_is_the_same_bytes(builder: KitBuilder) -> None:
    assert builder.build("linux").sha256 == builder.build("linux").sha256
    with pytest.raises(NotFound):
        builder.build("../etc/passwd")


def test_the_kit_runs_outside_our_environment_and_opens_here(builder: KitBuilder, key: KitKey, tmp_path: Path) -> None:
    """`sh` finds a Python by itself; the modules come out of the zip behind the script."""
    kit = builder.build("linux")
    (tmp_path / kit.name).write_bytes(kit.content)
    (tmp_path / "place").mkdir()
    done = run(["sh", kit.name, "--minutes", "2", "--places", "place", "--no-files"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "[100 %] done" in done.stderr
    assert "Password" not in done.stdout, "encrypted to the server: nobody there needs it"
    (made,) = tmp_path.glob("hinomi-*.zip")
    found = open_archive(made, key)
    assert found.problems == []
    assert found.is_encrypted
    with pytest.raises(InputError, match="another server"):
        open_archive(made, KitKey(tmp_path / "other.key"))


@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_there_is_runs_it(builder: KitBuilder, key: KitKey, tmp_path: Path, python: str) -> None:
    kit = builder.build("linux")
    (tmp_path / kit.name).write_bytes(kit.content)
    (tmp_path / "place").mkdir()
    done = run([python, "-I", kit.name, "--minutes", "1", "--places", "place", "--no-files"], tmp_path)
    if "is not installed" in done.stderr or "command not found" in done.stderr:
        pytest.skip(f"{python} is only a name here")
    assert done.returncode == 0, done.stderr
    (made,) = tmp_path.glob("hinomi-*.zip")
    assert "kit.json" in open_archive(made, key).parts


@pytest.mark.skipif(sys.platform != "linux", reason="the shell's collection reads /proc")
@pytest.mark.slow  # 20: it looks through whole homes
@pytest.mark.parametrize("with_openssl", [True, False])
def test_without_python_the_shell_collects(
    builder: KitBuilder, key: KitKey, tmp_path: Path, with_openssl: bool
) -> None:
    if with_openssl and not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    kit = builder.build("linux")
    (tmp_path / kit.name).write_bytes(kit.content)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in _TOOLS | ({"openssl"} if with_openssl else set()):
        found = shutil.which(name)
        if found:
            (tools / name).symlink_to(found)
    done = run(
        [shutil.which("sh") or "sh", kit.name, "--minutes", "2", "--no-files"],
        tmp_path,
        PATH=str(tools),
        HINOMI_KIT_SHELL="1",
    )
    assert done.returncode == 0, done.stderr
    (made,) = [*tmp_path.glob("hinomi-*.tar"), *tmp_path.glob("hinomi-*.tar.gz")]
    assert made.suffix == (".tar" if with_openssl else ".gz")
    found = open_archive(made, key)
    assert found.problems == []
    assert found.is_encrypted is with_openssl
    assert os.uname().nodename.encode() in found.parts["system.json"]
    assert b'"cmd"' in found.parts["processes.jsonl"]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {kit.name, "bin", made.name}, "no traces"


_TOOLS = {
    "sh", "awk", "mawk", "gawk", "cat", "cut", "date", "find", "grep", "gzip", "head", "ip", "last", "ls", "mkdir", "mktemp", "od", "printf",
    "readlink", "rm", "sed", "sha256sum", "sort", "ss", "tail", "tar", "touch", "tr", "uname", "wc", "who",
}  # fmt: skip


def test_the_windows_kit_says_that_it_was_not_run(builder: KitBuilder) -> None:
    kit = builder.build("windows")
    assert not kit.is_tested
    text = kit.content.decode()
    assert "NOT YET RUN ON WINDOWS" in text
    assert "@" not in {line[0] for line in text.splitlines() if line}
    assert text.count("\r\n") == text.count("\n")


def test_no_part_of_the_kit_writes_where_it_should_not() -> None:
    """The Linux script removes only folders it made itself."""
    text = (shipped_kit() / "linux/collect.sh").read_text()
    assert {line.strip() for line in text.splitlines() if "rm -r" in line} == {
        "trap 'rm -rf \"$work\"' EXIT INT TERM",
        'trap \'rm -rf "$work" "$sealed"\' EXIT INT TERM',
    }
