"""The sensor's package runs where there is nothing of Hinomi but itself, and follows the packages that the server offers."""

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.inventory.packages import ring
from tests.make_package import builder
from tests.stories.conftest import Server, run, run_json
from tests.waiting import until

ROOT = Path(__file__).parents[2]
# nothing of this checkout on the way: another folder, an empty environment
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHON": sys.base_prefix + "/bin/python3"}


class Host:
    """A package, installed and enrolled as a person does it; `start` is what systemd does."""

    def __init__(self, package: Path, at: Path) -> None:
        at.mkdir()
        with tarfile.open(package) as tar:
            tar.extractall(at / "unpacked", filter="data")
        (unpacked,) = (at / "unpacked").iterdir()
        self.opt, self.folder, self.log = at / "opt", at / "sensor", at / "sensor.log"
        subprocess.run([str(unpacked / "install.sh"), str(self.opt)], check=True, timeout=60, capture_output=True)
        self.process: subprocess.Popen[bytes] | None = None

    def say(self, *words: object) -> subprocess.CompletedProcess[str]:
        line = [str(self.opt / "bin/hinomi-sensor"), "--folder", str(self.folder), *map(str, words)]
        return subprocess.run(line, capture_output=True, text=True, cwd="/", env=ENVIRONMENT, timeout=60, check=False)

    def enrol(self, text: str) -> str:
        enrolled = self.say("enrol", text)
        assert enrolled.returncode == 0, enrolled.stderr
        # nor does it before its first connection
        (self.folder / "policy.json").write_text('{"watch": []}')
        return enrolled.stdout.strip()

    def start(self) -> None:
        line = [str(self.opt / "bin/hinomi-sensor"), "--folder", str(self.folder), "run"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                line, cwd="/", env=ENVIRONMENT, stdout=log, stderr=log, start_new_session=True
            )

    def keep_running(self) -> None:
        """As a unit with Restart=always."""
        if self.process is None or self.process.poll() is not None:
            self.start()

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)


@pytest.fixture
def server(data: Path, server: Server, tmp_path: Path) -> Server:
    """One whose sensors watch nothing: there is one audit for this whole machine, and it belongs to other tests."""
    policy = tmp_path / "blind.json"
    policy.write_text('{"watch": []}')
    run("endpoints", "policy", "--set", policy, data=data)
    return server


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(builder().build(tmp_path / "built"), tmp_path / "host")
    yield made
    made.end()


def test_a_package_is_the_same_for_the_same_content(tmp_path: Path) -> None:
    package = builder()
    made = package.build(tmp_path / "one")
    assert made.read_bytes() == package.build(tmp_path / "two").read_bytes()


def test_an_installed_package_enrols_and_says_its_version(data: Path, server: Server, host: Host) -> None:
    text = run("sensor", "token", data=data).stdout.strip()
    guid = host.enrol(text)
    assert guid in host.say("status").stdout
    assert host.say("--folder", host.folder / "nothing", "status").returncode == 1
    assert server.is_running


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """As the installer writes it; systemd itself cannot run here."""
    unit = tmp_path / "hinomi-sensor.service"
    text = (ROOT / "packaging" / "hinomi-sensor.service").read_text()
    command = "/opt/hinomi/.venv/bin/python -m hinomi.sensor"
    assert command in text
    unit.write_text(text.replace(command, "/bin/true"))
    seen = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    assert (seen.returncode, seen.stderr) == (0, "")
    unit.write_text(unit.read_text().replace("KillMode=control-group", "KillMood=control-group"))
    seen = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    assert "KillMood" in seen.stderr


@pytest.mark.slow  # 40 s: three packages are built, a broken one is tried three times
def test_sensors_follow_what_the_server_offers(data: Path, server: Server, host: Host, tmp_path: Path) -> None:
    guid = host.enrol(run("sensor", "token", data=data).stdout.strip())

    def version() -> str:
        return str(run_json("endpoints", "show", guid, data=data)["sensorVersion"])

    host.start()
    until(lambda: version() == builder().VERSION, "the installed version")

    newer = builder().build(tmp_path / "newer", "7.1")
    added = run_json("sensor", "packages", "add", newer, data=data)
    assert (added["version"], added["percent"]) == ("7.1", 0)
    outside = ring(guid, added["sha256"])
    if outside:
        run("sensor", "packages", "share", "7.1", "--percent", outside, data=data)
        assert run_json("sensor", "packages", "show", "7.1", data=data)["sensors"] == []
    run("sensor", "packages", "share", "7.1", data=data)
    until(lambda: version() == "7.1", "the sensor runs the package that it was offered")
    until(
        lambda: run_json("sensor", "packages", "show", "7.1", data=data)["running"] == 1,
        "the server knows that it runs",
    )
    assert (host.opt / "current").resolve().name.startswith("7.1-")
    assert not (host.opt / "trying").is_symlink()

    broken = builder().build(tmp_path / "broken", "7.2", {"lib/hinomi/sensor/agent.py": b"raise SystemExit(3)\n"})
    run("sensor", "packages", "add", broken, data=data)
    run("sensor", "packages", "share", "7.2", data=data)

    def gone_back() -> bool:
        host.keep_running()
        return bool(run_json("sensor", "packages", "show", "7.2", data=data)["rolledBack"])

    until(gone_back, "the starter goes back and the server hears of it", 120)
    assert version() == "7.1"
    assert [path.name[:3] for path in (host.opt / "versions").iterdir()] == ["7.1"]
    (told,) = run_json("sensor", "packages", "show", "7.2", data=data)["sensors"]
    assert (told["guid"], told["outcome"]) == (guid, "rolled_back")
    run("sensor", "packages", "share", "7.2", data=data)  # offered again: not to the sensor that it failed on
    log = host.log.read_text()
    assert log.count("sensor 7.2 is tried next") == 1, log
