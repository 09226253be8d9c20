import pytest

from hinomi.api.console.lookup import FoundList
from tests.api.house import Running

LOOKUP = "/console/api/lookup"


@pytest.mark.parametrize(
    ("text", "kind", "id_"),
    [
        ("pc-3", "endpoint", None),
        ("user4", "account", "corp\\user4"),
        ("T1003.002", "technique", "T1003.002"),
        ("security account", "technique", "T1003.002"),
        ("whoami", "filter", "whoami_run"),
        ("ハイブ", "filter", "sam_hive_saved"),
        ("credential dumping", "model", "credential_dumping_registry"),
        ("WB-7-", "alert", None),
    ],
)
def test_anything_is_found_by_id_or_name(shared: Running, text: str, kind: str, id_: str | None) -> None:
    found = shared.person().get(LOOKUP, params={"q": text}).json()
    FoundList.model_validate(found)
    ids = [item["id"] for item in found["items"] if item["kind"] == kind]
    assert ids
    assert id_ is None or id_ in ids


def test_a_single_letter_finds_nothing_yet(shared: Running) -> None:
    assert shared.person().get(LOOKUP, params={"q": "p"}).json() == {"items": []}
