"""The trip of a script written against the public API, with an unchanged client: run in that client's own environment.

.venv-clients/bin/python tests/clients/pytmv1_trip.py URL TOKEN     prints one JSON object of what it saw
"""

import json
import sys

import pytmv1
from pytmv1 import InvestigationResult, InvestigationStatus, QueryOp, ResultCode

START, END = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


def main(url: str, token: str) -> None:
    client = pytmv1.init("hinomi-test", token, url)
    seen: dict[str, object] = {}

    def ok(name: str, result: object) -> object:
        assert result.result_code == ResultCode.SUCCESS, f"{name}: {result.error}"  # type: ignore[attr-defined]
        return result.response  # type: ignore[attr-defined]

    seen["connectivity"] = ok("connectivity", client.system.check_connectivity()).status  # type: ignore[attr-defined]
    listed = ok("alerts", client.alert.list(start_time=START, end_time=END))
    seen["alerts"] = [[alert.id, alert.score, str(alert.severity.value)] for alert in listed.items]  # type: ignore[attr-defined]
    seen["total"] = listed.total_count  # type: ignore[attr-defined]
    consumed: list[str] = []
    ok("consume", client.alert.consume(lambda alert: consumed.append(alert.id), start_time=START, end_time=END))
    seen["consumed"] = consumed
    high = ok("filter", client.alert.list(start_time=START, end_time=END, op=QueryOp.AND, severity="high"))
    seen["high"] = [alert.id for alert in high.items]  # type: ignore[attr-defined]

    first = consumed[0]
    got = ok("alert", client.alert.get(first))
    ok(
        "patch",
        client.alert.update_status(
            first,
            got.etag,
            inv_status=InvestigationStatus.IN_PROGRESS,  # type: ignore[attr-defined]
        ),
    )
    stale = client.alert.update_status(first, got.etag, inv_result=InvestigationResult.NO_FINDINGS)  # type: ignore[attr-defined]
    seen["stale"] = [str(stale.result_code.value), stale.error.status]
    seen["status"] = ok("again", client.alert.get(first)).data.status.value  # type: ignore[attr-defined]

    note = ok("note", client.note.create(first, "looked at it")).note_id  # type: ignore[attr-defined]
    note_got = ok("note get", client.note.get(first, note))
    ok("note patch", client.note.update(first, note, note_got.etag, "looked twice"))  # type: ignore[attr-defined]
    seen["notes"] = [each.content for each in ok("notes", client.note.list(first)).items]  # type: ignore[attr-defined]
    ok("note delete", client.note.delete(first, note))
    seen["notes left"] = len(ok("notes", client.note.list(first)).items)  # type: ignore[attr-defined]

    # the real service refuses a window that ends in the future; without one it is the last 24 hours
    oats: list[str] = []
    ok("oat", client.oat.consume(lambda item: oats.append(item.filters[0].name)))
    seen["oats"] = oats
    activities: list[str] = []
    ok(
        "search",
        client.endpoint.consume_activity(
            lambda item: activities.append(str(item.object_cmd)),
            start_time=START,
            end_time=END,
            top=50,
            objectCmd="hklm",
        ),
    )
    seen["activities"] = activities
    count = ok("count", client.endpoint.get_activity_count(start_time=START, end_time=END, uuid="*"))
    seen["count"] = count.total_count  # type: ignore[attr-defined]
    missing = client.alert.get("WB-1-20200101-99999")
    seen["missing"] = [str(missing.result_code.value), missing.error.status]
    print(json.dumps(seen))


main(*sys.argv[1:])
