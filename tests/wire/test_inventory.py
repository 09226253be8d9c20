import pytest

from hinomi.errors import InputError
from hinomi.wire.inventory import CollectorState, HostFacts, Interface, read_facts, write_facts

FACTS = HostFacts(
    name="pc-1",
    type="server",
    interfaces=(Interface("eth0", "02:00:00:00:00:01", ("192.0.2.7", "2001:db8::7")), Interface("lo")),
    software=(("bash", "5.2"), ("nftables", "1.0.6")),
    collectors={"audit": CollectorState(True, watches=("process",)), "ebpf": CollectorState(False, "no BTF")},
)


def test_facts_come_back_as_they_were_written() -> None:
    assert read_facts(write_facts(FACTS)) == FACTS
    assert FACTS.ips == ("192.0.2.7", "2001:db8::7")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": "x" * 256},
        {"name": "x", "software": [["a", "b"]] * 20_001},
        {"name": "x", "interfaces": [{"name": "a", "addresses": [1]}]},
        {"name": "x", "collectors": {"a": {"active": "yes"}}},
    ],
)
def test_hostile_facts_are_refused(given: object) -> None:
    with pytest.raises(InputError):
        read_facts(given)
