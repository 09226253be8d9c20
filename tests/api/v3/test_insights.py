from hinomi.api.v3.insights import InsightDetail, InsightList
from tests.api.house import Running
from tests.api.test_envelope import told

INSIGHTS = "/v3.0/workbench/insights"


def test_insights_are_our_incidents(shared: Running) -> None:
    client = shared.key()
    found = client.get(INSIGHTS).json()
    InsightList.model_validate(found)
    assert found["totalCount"] == len(found["items"]) == 2
    one = client.get(f"{INSIGHTS}/{found['items'][0]['id']}")
    InsightDetail.model_validate(one.json())
    assert one.headers["ETag"]
    alert = client.get(f"/v3.0/workbench/alerts/{one.json()['alertIds'][0]}").json()
    assert alert["incidentId"] == one.json()["id"]
    told(client.get(f"{INSIGHTS}/IC-7-20200101-00001"), 404, "NotFound")


def test_insights_are_filtered_and_paged(shared: Running) -> None:
    client = shared.key()
    every = client.get(INSIGHTS).json()
    wanted = every["items"][0]["id"]
    assert client.get(INSIGHTS, headers={"TMV1-Filter": f"id eq '{wanted}'"}).json()["totalCount"] == 1
    assert (
        client.get(INSIGHTS, headers={"TMV1-Filter": "inProcess eq true"}).json()["totalCount"] == every["totalCount"]
    )
    assert client.get(INSIGHTS, headers={"TMV1-Filter": "createdDateTime gt 2099-01-01"}).json()["items"] == []
    for headers in ({}, {"TMV1-Filter": "inProcess eq true"}):
        seen, url, parameters = [], INSIGHTS, {"top": "1", "orderBy": "id asc"}
        while url:
            page = client.get(url, params=parameters or None, headers=headers).json()
            seen += [each["id"] for each in page["items"]]
            url, parameters = page.get("nextLink", ""), {}
        assert seen == sorted(each["id"] for each in every["items"])
    told(client.get(INSIGHTS, params={"orderBy": "colour"}), 400, "BadRequest")
