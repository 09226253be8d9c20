"""A response task in the shape of the public API. Clients refuse an unknown action or state, and null for a missing part."""

from typing import Any

from fastapi import Request

from hinomi.api.reply import base_url
from hinomi.query.moment import format_second
from hinomi.response.actions import BY_NAME
from hinomi.schema.task import ResponseTask, TargetKind, TaskState

# The public states know neither delivery nor proof; both ends of the way are told in our own console.
STATUS: dict[TaskState, str] = {
    TaskState.PENDING_APPROVAL: "pendingApproval",
    TaskState.QUEUED: "queued",
    TaskState.DELIVERED: "running",
    TaskState.EXECUTING: "running",
    TaskState.EXECUTED: "running",
    TaskState.VERIFIED: "succeeded",
    TaskState.UNVERIFIED: "succeeded",
    TaskState.FAILED: "failed",
    TaskState.EXPIRED: "failed",
    TaskState.REJECTED: "rejected",
    TaskState.CANCELLED: "canceled",
}
STATES: dict[str, tuple[TaskState, ...]] = {
    word: tuple(state for state, told in STATUS.items() if told == word) for word in dict.fromkeys(STATUS.values())
}
ERROR_NUMBER = 4009999  # what the public API gives a response task that failed

_FILE_NAMES = {
    "file_path": "filePath",
    "path": "filePath",
    "sha1": "fileSha1",
    "sha256": "fileSha256",
    "size_bytes": "fileSize",
}
_OBJECT = {"fileSha1", "fileSha256", "ip", "domain", "url", "senderMailAddress"}
_DIRECTORY, _LOCAL = "OPAD", "AAD"  # the two words clients know; a local account has no better


def public_action(name: str) -> str:
    """The public name of one of our actions; our own where the public API has none."""
    known = BY_NAME.get(name)
    return known.public if known and known.public else name


def public_task(
    task: ResponseTask, request: Request, password: str = "", expires_ms: int | None = None
) -> dict[str, Any]:
    """`password`: of the zip that the task brought, "" to keep it back. `expires_ms`: until when the zip is kept."""
    found: dict[str, Any] = {
        "id": task.id,
        "action": public_action(task.action),
        "status": STATUS[task.state],
        "createdDateTime": format_second(task.created_ms),
        "lastActionDateTime": format_second(task.changed_ms),
        "account": task.created_by,
    }
    if task.description:
        found["description"] = task.description
    if task.error is not None and found["status"] in ("failed", "rejected"):
        found["error"] = _error(task)
    found |= _BY_KIND[task.target.kind](task)
    if task.result.get("upload_sha256"):
        found["resourceLocation"] = f"{base_url(request)}/v3.0/response/tasks/{task.id}/file"
        found |= {"password": password} if password else {}
        found |= {"expiredDateTime": format_second(expires_ms)} if expires_ms else {}
    return found


def _error(task: ResponseTask) -> dict[str, Any]:
    assert task.error is not None  # noqa: S101  (asked for only then)
    return {"code": "TaskError", "message": task.error.message, "number": ERROR_NUMBER}


def _on_endpoint(task: ResponseTask) -> dict[str, Any]:
    found: dict[str, Any] = {"agentGuid": task.target.id, "endpointName": task.target.name or task.target.id}
    given = task.parameters
    if task.action == "collect_file":
        told = {"path": given.get("path")} | task.result
        found |= {public: told[ours] for ours, public in _FILE_NAMES.items() if told.get(ours) is not None}
    if task.action == "terminate_process":
        found["fileSha1"] = given.get("sha1") or _killed(task, "sha1")
        found |= {"fileName": given["name"]} if given.get("name") else {}
    if task.action == "run_script":
        found["fileName"] = given.get("name", "")
        found |= {"parameter": " ".join(given["arguments"])} if given.get("arguments") else {}
    return found


def _killed(task: ResponseTask, field: str) -> str:
    killed = task.result.get("killed")
    first = killed[0] if isinstance(killed, list) and killed and isinstance(killed[0], dict) else {}
    return str(first.get(field, ""))


def _on_message(task: ResponseTask) -> dict[str, Any]:
    copies = task.result.get("copies")
    listed = [copy for copy in copies if isinstance(copy, dict)] if isinstance(copies, list) else []
    return {"tasks": [_copy(task, copy) for copy in listed or [{}]]}


def _copy(task: ResponseTask, copy: dict[str, Any]) -> dict[str, Any]:
    told = {
        "messageId": task.parameters.get("message_id") or copy.get("message_id"),
        "mailBox": copy.get("mailbox") or task.parameters.get("mailbox"),
        "messageSubject": copy.get("subject"),
        "uniqueId": copy.get("unique_id") or task.parameters.get("unique_id"),
    }
    found = {name: value for name, value in told.items() if value}
    found |= {"lastActionDateTime": format_second(task.changed_ms), "status": STATUS[task.state]}
    return found


def _on_account(task: ResponseTask) -> dict[str, Any]:
    one: dict[str, Any] = {
        "accountName": task.target.id,
        "iam": _DIRECTORY if task.target.id.startswith("ldap:") else _LOCAL,
        "lastActionDateTime": format_second(task.changed_ms),
        "status": STATUS[task.state],
    }
    if task.error is not None and STATUS[task.state] == "failed":
        one["error"] = _error(task)
    return {"tasks": [one]}


def _on_object(task: ResponseTask) -> dict[str, Any]:
    type_ = str(task.parameters.get("type", ""))
    return {type_: task.parameters.get("value", task.target.id)} if type_ in _OBJECT else {}


_BY_KIND = {
    TargetKind.ENDPOINT: _on_endpoint,
    TargetKind.MESSAGE: _on_message,
    TargetKind.ACCOUNT: _on_account,
    TargetKind.OBJECT: _on_object,
}
