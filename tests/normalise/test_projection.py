"""Process starts read a second time."""

from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.activity import ActivityBatch
from tests import make


def projected(*records: bytes) -> list[ActivityBatch]:
    return [batch for batch in Normaliser().normalise(make.record_batch(*records), 1).activities if batch.projected]


def test_a_script_is_also_a_script_block_of_the_same_activity() -> None:
    records = make.record(Image="a.exe", CommandLine="a.exe"), make.record(Image="p.exe", CommandLine="powershell ls")
    (script,) = projected(*records)
    assert script.kind.categories == {"ps_script"}
    assert script.native["ScriptBlockText"] == ["powershell ls"]
    assert script.positions == [1]
    (stored,) = [
        batch for batch in Normaliser().normalise(make.record_batch(*records), 1).activities if not batch.projected
    ]
    assert script.fields["uuid"] == stored.fields["uuid"][1:]


def test_a_security_process_start_that_adds_two_values_is_read_as_two_values_set() -> None:
    line = "cmd /c reg add HKLM\\A /v B /d 1 & reg add HKLM\\A /v C /d 2"
    (values,) = projected(make.record(4688, NewProcessName="C:\\cmd.exe", CommandLine=line))
    assert values.kind.categories == {"registry_set", "registry_event"}
    assert values.native["TargetObject"] == ["HKLM\\A\\B", "HKLM\\A\\C"]
    assert values.native["Image"] == ["C:\\cmd.exe"] * 2
    assert values.fields["objectRegistryValue"] == ["B", "C"]
    assert values.positions == [0, 0]


def test_module_logging_is_not_read_a_second_time() -> None:
    assert projected(make.record(4103, Payload="powershell ls", ContextInfo="powershell ls")) == []
