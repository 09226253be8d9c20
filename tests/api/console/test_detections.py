import pytest

from hinomi.api.console.detections import DetectionPage, Facets, Histogram
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

DETECTIONS = "/console/api/detections"
ALL = ATTACKED + 5

QUESTIONS = [
    ({}, ALL),
    ({"risk": "high"}, ATTACKED),
    ({"risk": "high,low"}, ALL),
    ({"tactic": "TA0007"}, 5),
    ({"technique": "T1003"}, ATTACKED),
    ({"technique": "T1003.002"}, ATTACKED),
    ({"technique": "T1003.001"}, 0),
    ({"filter": "whoami_run"}, 5),
    ({"endpoint": "PC-1"}, 6),
    ({"search": "whoami"}, 5),
    ({"search": "ハイブ"}, ATTACKED),
    ({"search": "PC-1 and objectCmd: whoami"}, 5),
    ({"from": "2026-01-15T03:00:00Z", "to": "2026-01-15T03:00:00Z"}, 1),
    ({"from": "2026-01-16"}, 0),
]


@pytest.mark.parametrize(("parameters", "expected"), QUESTIONS)
def test_table_histogram_and_facets_answer_the_same_question(
    shared: Running, parameters: dict[str, str], expected: int
) -> None:
    person = shared.person()
    page = person.get(DETECTIONS, params=parameters).json()
    DetectionPage.model_validate(page)
    assert page["totalCount"] == len(page["items"]) == expected
    histogram = person.get(f"{DETECTIONS}/histogram", params=parameters).json()
    Histogram.model_validate(histogram)
    risks = ("info", "low", "medium", "high", "critical")
    assert sum(bucket[risk] for bucket in histogram["buckets"] for risk in risks) == expected
    facets = person.get(f"{DETECTIONS}/facets", params=parameters).json()
    Facets.model_validate(facets)
    assert sum(value["count"] for value in facets["risk"]) == expected


def test_rows_and_facets_have_names_in_both_languages(shared: Running) -> None:
    person = shared.person()
    row = person.get(DETECTIONS, params={"risk": "high"}).json()["items"][0]
    assert row["title"]["ja"] == "reg.exe による SAM ハイブの保存"
    assert row["tactics"][0]["text"]["ja"] == "認証情報アクセス"
    assert row["techniques"] == [{"id": "T1003.002", "name": "Security Account Manager"}]
    facets = person.get(f"{DETECTIONS}/facets").json()
    assert facets["filter"][0]["label"]["en"] == "SAM Hive Saved by reg.exe"
    assert facets["technique"][0]["label"] == "Security Account Manager"


def test_the_table_pages(shared: Running) -> None:
    person, seen, parameters = shared.person(), [], {"top": "5"}
    while True:
        page = person.get(DETECTIONS, params=parameters).json()
        seen += [row["id"] for row in page["items"]]
        if "skipToken" not in page:
            break
        parameters["skipToken"] = page["skipToken"]
    assert len(seen) == len(set(seen)) == ALL
    told(person.get(DETECTIONS, params={"risk": "red"}), 400, "BadRequest")
    told(person.get(DETECTIONS, params={"search": "colour: red"}), 400, "BadRequest")
