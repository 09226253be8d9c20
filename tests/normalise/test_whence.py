from hinomi.normalise.normaliser import Normaliser
from hinomi.normalise.whence import How, Whence, whence
from hinomi.schema.activity import ActivityBatch
from tests import make


def readings(record: bytes) -> list[ActivityBatch]:
    return Normaliser().normalise(make.record_batch(record), 0).activities


def test_the_records_own_names_stay_and_ours_name_theirs() -> None:
    (batch,) = readings(make.record(Image="C:\\a.exe", CommandLine="a", Hashes="SHA1=AB", User="CORP\\taro"))
    assert whence(batch, 0, "CommandLine") == Whence(How.RECORDED, ("CommandLine",))
    assert whence(batch, 0, "objectCmd") == Whence(How.RECORDED, ("CommandLine",))
    assert whence(batch, 0, "objectFileHashSha1") == Whence(How.CONVERTED, ("Hashes",))
    assert whence(batch, 0, "sha1") == Whence(How.CONVERTED, ("Hashes",))
    assert whence(batch, 0, "objectName") == Whence(How.CONVERTED, ("Image",))


def test_what_only_other_records_tell_is_said_to_be_so() -> None:
    (batch,) = readings(make.record(Image="C:\\a.exe", CommandLine="a"))
    assert whence(batch, 0, "parentCmd") == Whence(How.ANCESTRY, ())


def test_sigmas_name_of_a_security_event_leads_to_the_records() -> None:
    (batch,) = readings(make.record(4688, NewProcessName="C:\\a.exe", CommandLine="a", NewProcessId="0x10"))
    assert "NewProcessName" in whence(batch, 0, "Image").names
    assert "NewProcessName" in whence(batch, 0, "objectFilePath").names


def test_a_second_reading_leads_to_the_command_line() -> None:
    image = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    _, script = readings(make.record(Image=image, CommandLine="powershell -c Get-Date"))
    assert whence(script, 0, "ScriptBlockText") == Whence(How.PROJECTED, ("CommandLine",))
    assert whence(script, 0, "Image").how is How.RECORDED


def test_events_of_one_number_that_mean_different_things() -> None:
    (batch,) = readings(make.record(13, EventType="SetValue", TargetObject="HKLM\\a\\b", Details="x"))
    assert whence(batch, 0, "objectRegistryValue") == Whence(How.CONVERTED, ("TargetObject",))


def test_a_record_of_nobody_we_know() -> None:
    (batch,) = readings(b'{"time": "2026-01-15T03:00:00Z", "host": "a", "x": {"y": "z"}}')
    assert whence(batch, 0, "x.y") == Whence(How.RECORDED, ("x.y",))
