"""What may be done to an object of the console: each action with its words, and where it cannot be asked for, why."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape, Text
from hinomi.errors import HinomiError
from hinomi.response.action import Action, Words
from hinomi.response.approvals import SHELL, ApprovalPolicy, ApprovalRule
from hinomi.response.wish import unable
from hinomi.schema.endpoint import Endpoint
from hinomi.schema.principal import Permission, Principal
from hinomi.schema.task import TargetKind

router = resource("/console/api/response", "response")

ObjectType = Literal["host", "account", "file", "process", "hash", "ip", "domain", "url", "mail", "message"]
Viewer = Annotated[Principal, Depends(console(Permission.VIEW))]
Administrator = Annotated[Principal, Depends(console(Permission.ADMINISTER))]

_BLOCK = ("block_object", "unblock_object")
# By kind of object, in the order of the work: contain, look, clean up.
OFFERED: dict[str, tuple[str, ...]] = {
    "host": (
        "isolate_endpoint", "restore_endpoint", SHELL, "run_script", "collect_evidence", "collect_file", "run_yara", "scan",
    ),
    "account": ("disable_account", "sign_out", "reset_password", "enable_account"),
    "file": ("collect_file", "block_object", "run_yara", "scan"),
    "process": ("terminate_process", "dump_process_memory", "collect_file", "block_object"),
    "hash": (*_BLOCK, "terminate_process"),
    "ip": _BLOCK,
    "domain": _BLOCK,
    "url": _BLOCK,
    "mail": _BLOCK,  # an address is no message: copies are taken away by message id or attachment hash
    "message": ("quarantine_message", "delete_message", "restore_message"),
}  # fmt: skip


class ParameterShape(Shape):
    name: str
    type: str
    required: bool
    label: Text
    choices: list[str]


class ActionShape(Shape):
    """`why`: what stands in the way where `allowed` is false."""

    name: str
    title: Text
    effect: Text
    phase: Literal["contain", "investigate", "eradicate", "recover"]
    kind: Literal["endpoint", "message", "account", "object"]
    destructive: bool
    needs_approval: bool
    allowed: bool
    why: Text | None
    parameters: list[ParameterShape]
    platforms: list[str]


class ActionList(Shape):
    items: list[ActionShape]


class RuleShape(Sent):
    action: str = Field(max_length=64)
    group: str = Field(default="", max_length=64)
    needs: bool = True


class PolicyShape(Sent):
    """`group` "": every endpoint group; the rule of a group counts before the one for all."""

    rules: list[RuleShape] = Field(max_length=500)
    four_eyes_shell: bool = False


@router.get("/actions", responses={200: {"model": ActionList}})
def list_actions(
    house: Rooms,
    who: Viewer,
    object_type: Annotated[ObjectType, Query(alias="objectType")],
    endpoint: Annotated[str, Query(max_length=64, description="GUID of the host it is on, where that is known.")] = "",
) -> Response:
    """The actions for a kind of object, those that cannot be asked for included."""
    known, policy = house.response.tasks.wishes.actions, house.response.approvals.policy()
    host = house.inventory.get(endpoint) if endpoint else None
    offered = [known[name] for name in OFFERED[object_type] if name in known]
    return reply({"items": [_row(one, who, host, policy) for one in offered]})


@router.get("/approval-policy", responses={200: {"model": PolicyShape}})
def get_policy(house: Rooms, _who: Viewer) -> Response:
    """Which actions need somebody else's yes."""
    return reply(_policy_row(house.response.approvals.policy()))


@router.put("/approval-policy", responses={200: {"model": PolicyShape}})
def set_policy(sent: PolicyShape, house: Rooms, who: Administrator) -> Response:
    """Another policy in place of the one that is."""
    return reply(_policy_row(_set(house, who, sent)))


def _set(house: House, who: Principal, sent: PolicyShape) -> ApprovalPolicy:
    rules = tuple(ApprovalRule(rule.action, rule.group, rule.needs) for rule in sent.rules)
    return house.response.approvals.set_policy(who, ApprovalPolicy(rules, sent.four_eyes_shell))


def _policy_row(policy: ApprovalPolicy) -> dict[str, Any]:
    rules = [{"action": rule.action, "group": rule.group, "needs": rule.needs} for rule in policy.rules]
    return {"rules": rules, "fourEyesShell": policy.four_eyes_shell}


def words(text: Words) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}


def _row(action: Action, who: Principal, host: Endpoint | None, policy: ApprovalPolicy) -> dict[str, Any]:
    why = _why_not(action, who, host)
    return {
        "name": action.name,
        "title": words(action.title),
        "effect": words(action.effect),
        "phase": str(action.phase),
        "kind": str(action.kind),
        "destructive": action.is_destructive,
        "needsApproval": policy.needs(action.name, host.group if host else ""),
        "allowed": why is None,
        "why": why,
        "parameters": [
            {
                "name": each.name,
                "type": each.type,
                "required": each.required,
                "label": words(each.label),
                "choices": [*each.choices],
            }
            for each in action.parameters
        ],
        "platforms": sorted(action.platforms),
    }


def _why_not(action: Action, who: Principal, host: Endpoint | None) -> dict[str, str] | None:
    """The role, what the host cannot do, and for a shell that nobody is there; else an absent host only waits."""
    if action.permission not in who.permissions:
        return {"en": "Your role does not allow this.", "ja": "あなたの役割では許可されていません。"}
    if host is None or action.kind is not TargetKind.ENDPOINT:
        return None
    reason = unable(action, host)
    if reason is None and action.name == SHELL and not host.is_connected:
        return {"en": "The endpoint is offline.", "ja": "エンドポイントがオフラインです。"}
    return reason


def refusal(error: HinomiError) -> dict[str, Any]:
    """One refused target among several: like the envelope of a request that is refused as a whole."""
    return {"code": error.code, "message": str(error), **error.details}
