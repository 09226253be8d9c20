"""The demonstration: scripts that are harmless, a zip that Windows opens, scenarios that each make their detection."""

import io
import shlex
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import InputError, NotFound
from hinomi.operations.canonical import record
from hinomi.operations.file_detection import detect_files
from hinomi.operations.simulation import read_simulations, record_batch
from hinomi.operations.simulations import ScriptBuilder, Simulations, find, of_scenario, simulation_row
from hinomi.schema.principal import COMMAND_LINE
from hinomi.schema.record import RecordBatch
from hinomi.settings import shipped_content
from tests.make_access import Clock
from tests.make_database import database_at

FOLDER = shipped_content() / "simulations"
DEMO = find(read_simulations(FOLDER), "t1003_demo")
SCENARIOS = DEMO.demo.scenarios if DEMO.demo else ()
BUILDER = ScriptBuilder("7", b"secret")


def opened(archive: bytes, password: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name, pwd=password.encode()) for name in found.namelist()}


def test_the_zip_opens_with_the_password_beside_it_and_no_other() -> None:
    script = BUILDER.build(DEMO)
    assert script.name == "T1003_Demo_Script.zip"
    assert set(opened(script.content, script.password)) == {"T1003_Demo_Script.bat", "T1003_Demo_Script.sh"}
    with pytest.raises((RuntimeError, zipfile.BadZipFile, zlib.error)):
        opened(script.content, script.password + "x")


def test_each_organisation_has_its_own_script_and_password() -> None:
    other = ScriptBuilder("8", b"other secret").build(DEMO)
    mine = BUILDER.build(DEMO)
    assert other.password != mine.password
    assert set(other.hashes.values()).isdisjoint(mine.hashes.values())
    assert mine.hashes == BUILDER.build(DEMO).hashes, "the same each time, to be looked for"


def high(folder: Path, recordings: dict[str, list[bytes]]) -> dict[str, list[str]]:
    """What is found of weight in each recording: one reading of the content for all."""
    for name, records in recordings.items():
        (folder / name).write_bytes(b"\n".join(records))
    found: dict[str, list[str]] = {name: [] for name in recordings}
    for row in detect_files([folder / name for name in recordings], (), shipped_content(), print):
        if row["level"] == "high":
            found[Path(row["file"]).name].append(row["rule_id"])
    return found


def seen_on_linux(number: int, spelled: Callable[[list[str]], str]) -> list[bytes]:
    """What a sensor sees of the script: the shell it starts, with the script in the parent's command line."""
    script = BUILDER.texts(DEMO, number)["T1003_Demo_Script.sh"].decode()
    started = [shlex.split(line) for line in script.splitlines() if line.strip().startswith("sh -c ")]
    (argv,) = [words for words in started if ("sam" if number == 1 else "security") in words[2]]
    values = {"Product": "linux", "Kind": "process_start", "Image": "/usr/bin/dash", "CommandLine": spelled(argv)}
    return [record(values | {"ParentImage": "/usr/bin/dash", "ParentCommandLine": "sh ./T1003_Demo_Script.sh"})]


def test_two_scenarios_each_alone_makes_its_detection_and_no_other_of_weight(tmp_path: Path) -> None:
    assert [one.number for one in SCENARIOS] == [1, 2]
    recordings, expected = {}, {}
    for one in SCENARIOS:
        recordings[f"windows-{one.number}"] = record_batch(of_scenario(DEMO, one.number), 1_790_000_000_000).records
        recordings[f"linux-{one.number}"] = seen_on_linux(one.number, " ".join)
        recordings[f"quoted-{one.number}"] = seen_on_linux(one.number, shlex.join)
        expected |= {f"{name}-{one.number}": [one.filter] for name in ("windows", "linux", "quoted")}
    assert high(tmp_path, recordings) == expected


def test_a_scenario_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="no scenario 3"):
        of_scenario(DEMO, 3)
    with pytest.raises(NotFound, match="replayed only"):
        BUILDER.build(find(read_simulations(FOLDER), "ordinary_day"))


@pytest.mark.parametrize("scenario", [None, 1, 2])
def test_the_windows_script_only_echoes(scenario: int | None) -> None:
    text = BUILDER.texts(DEMO, scenario)["T1003_Demo_Script.bat"].decode()
    assert text.count("\r\n") == text.count("\n")
    verbs = {line.split()[0].lower().lstrip("@") for line in text.splitlines() if line.strip() and line[0] != ":"}
    assert verbs == {"echo", "rem", "setlocal", "set", "if", "cmd.exe", "pause"}
    started = [line for line in text.splitlines() if line.startswith("cmd.exe")]
    assert all(line.startswith("cmd.exe /c echo ") for line in started)
    assert len(started) == 2


@pytest.mark.parametrize(("scenario", "hives"), [(None, ["sam", "security"]), (1, ["sam"]), (2, ["security"])])
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_linux_twin_shows_the_commands_and_writes_nothing(
    tmp_path: Path, scenario: int | None, hives: list[str], shell: str
) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "T1003_Demo_Script.sh"
    script.write_bytes(BUILDER.texts(DEMO, scenario)["T1003_Demo_Script.sh"])
    told = subprocess.run([shell, script], cwd=tmp_path, check=True, capture_output=True, text=True)
    shown = [line for line in told.stdout.splitlines() if line.startswith("reg.exe")]
    assert shown == [rf"reg.exe save hklm\{hive} /tmp/hinomi-test/hinomi-test.hive" for hive in hives]
    assert [path.name for path in tmp_path.iterdir()] == [script.name]


def test_the_row_has_the_password_beside_the_file() -> None:
    row = simulation_row(DEMO, BUILDER.password(DEMO.id))
    assert row["title"]["en"] == "T1003 - OS Credential Dumping"
    assert row["password"] == BUILDER.build(DEMO).password
    assert (row["file"], row["technique"]) == ("T1003_Demo_Script.zip", "T1003")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(database_at(tmp_path / "hinomi.db"))
    found.create()
    yield found
    found.close()


def test_a_replay_is_of_now_and_written_down(database: Database) -> None:
    clock, laid = Clock(), list[RecordBatch]()

    def append(batch: RecordBatch) -> int:
        laid.append(batch)
        return len(laid)

    audit = Audit(database, clock)
    simulations = Simulations(FOLDER, "7", b"secret", clock, append, audit, database)
    assert simulations.all()[0].id == "t1003_demo"
    assert simulations.replay(COMMAND_LINE, "t1003_demo", 2).sequence == 1
    clock.pass_s(60)
    simulations.replay(COMMAND_LINE, "t1003_demo", 2)
    assert laid[0].records != laid[1].records, "another run is another run"
    assert [row.details["scenario"] for row in audit.search().items] == [2, 2]
