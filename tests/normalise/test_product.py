"""Whose record it is decides its data set; what nobody knows is another maker's log, never an endpoint's."""

from collections import Counter
from pathlib import Path

import pytest

from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.normalise.product import CLOUD, IDENTITY, MAIL, NETWORK, OTHER, product_of
from hinomi.query.datasets import PRODUCTS, DataSet
from hinomi.schema.record import RecordBatch


def test_the_codes_are_those_of_the_data_sets() -> None:
    sets = {NETWORK: DataSet.NETWORK, CLOUD: DataSet.CLOUD, IDENTITY: DataSet.IDENTITY, MAIL: DataSet.MAIL}
    assert all(code in PRODUCTS[dataset] for code, dataset in sets.items())
    assert not any(OTHER in codes for codes in PRODUCTS.values())


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ("uid id.origh ts", NETWORK),
        ("flowid eventtype srcip", NETWORK),
        ("eventsource awsregion", CLOUD),
        ("eventsource", OTHER),
        ("actor.alternateid eventtype", IDENTITY),
        ("messagetraceid", MAIL),
        ("hostname message", OTHER),
        ("", OTHER),
    ],
)
def test_by_the_names_it_holds(names: str, code: str) -> None:
    assert product_of(dict.fromkeys(names.split(), "x")) == code


def test_sign_ins_are_told_by_their_category() -> None:
    azure = {"operationname": "x", "resourceid": "/tenants/1"}
    assert product_of(azure | {"category": "NonInteractiveUserSignInLogs"}) == IDENTITY
    assert product_of(azure | {"category": "Administrative"}) == CLOUD


# folder of real recordings -> where most of it belongs, and what must not be in it
_WHERE = {
    "network/zeek-json-wrccdc2018": (NETWORK, 1.0),
    "network/suricata-alerts": (NETWORK, 1.0),
    "scenarios/apt29_day1": (NETWORK, 1.0),
    "cloud/stratus": (CLOUD, 1.0),
    "cloud/mordor": (CLOUD, 1.0),
    "identity/sekoia": (IDENTITY, 0.5),
    "email/sekoia": (MAIL, 0.6),
}


@pytest.mark.shared_data
@pytest.mark.parametrize("folder", _WHERE)
def test_real_recordings_are_in_their_data_set(shared_data: Path, folder: str) -> None:
    code, share = _WHERE[folder]
    found: Counter[str] = Counter()
    for batch in read_paths([shared_data / folder]):
        if not isinstance(batch, RecordBatch):
            continue
        for activities in Normaliser().normalise(batch, 0).activities:
            found.update(activities.fields["productCode"])
    assert found[code] >= share * found.total() > 0, found
    assert "xes" not in found
