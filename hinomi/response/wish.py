"""A wish for a task, made exact before anything is written: which action, on what, carried out by whom, with what."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson

from hinomi.errors import InputError, NotFound, Refused, TooLarge
from hinomi.response.action import Action
from hinomi.schema.task import ResponseTask, Target, TargetKind

MAX_PARAMETERS_BYTES = 768 << 10  # a command with them fits into wire.command.MAX_COMMAND_BYTES
MAX_ID = 2048
DIRECTORY = "ldap:"  # accounts of a directory: ldap:NAME\user

Expand = Callable[[Mapping[str, Any]], Mapping[str, Any]]
Look = Callable[[Target, str, Mapping[str, Any]], Mapping[str, Any] | None]


class EndpointFacts(Protocol):
    """What the response room needs to know of an endpoint (inventory.Endpoint)."""

    @property
    def guid(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def os_name(self) -> str: ...
    @property
    def os_platform(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def ips(self) -> tuple[str, ...]: ...
    @property
    def is_connected(self) -> bool: ...
    @property
    def is_revoked(self) -> bool: ...
    @property
    def cannot(self) -> Mapping[str, str]: ...


class Endpoints(Protocol):
    def get(self, guid: str) -> EndpointFacts:
        """NotFound."""
        ...

    def find(self, text: str) -> EndpointFacts:
        """By GUID or name; NotFound, Conflict."""
        ...


class Carrier(Protocol):
    """What the server itself does: the block list, mail, accounts of a directory.

    `is_repeatable`: a task that a crash interrupted may be carried out again; else it fails as "interrupted".
    """

    is_repeatable: bool

    def carries(self, action: str, target: Target) -> bool: ...

    def carry(self, task: ResponseTask) -> Mapping[str, Any]:
        """Do it, and give back the result. CarryFailed, or any HinomiError, when it cannot be done."""
        ...


class CarryFailed(Exception):
    """`code` is stable (schema.task.TaskError), the texts are for people."""

    def __init__(self, code: str, message: str, ja: str) -> None:
        super().__init__(message)
        self.code, self.ja = code, ja


@dataclass(frozen=True, slots=True)
class Wish:
    """`sensor` "": the server carries it out. `group`: of the endpoint, for the approval policy."""

    action: Action
    target: Target
    sensor: str
    parameters: dict[str, Any]
    group: str = ""


class Wishes:
    """`expand`: by action, what turns what a person gives into what the action reads (a script's name into its text)."""

    def __init__(self, actions: Mapping[str, Action], endpoints: Endpoints) -> None:
        self.actions, self.endpoints = actions, endpoints
        self.carriers: list[Carrier] = []
        self.expand: dict[str, Expand] = {}
        self.looks: list[Look] = []

    def action(self, name: str) -> Action:
        if name not in self.actions:
            raise InputError(f"no action {name[:64]!r}; there are: {', '.join(sorted(self.actions))}")
        return self.actions[name]

    def carrier_of(self, action: str, target: Target) -> Carrier | None:
        return next((one for one in self.carriers if one.carries(action, target)), None)

    def look(self, target: Target, action: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What the server itself sees of a target that has no sensor; None when nobody here looks at such."""
        found = (one(target, action, parameters) for one in self.looks)
        return next((each for each in found if each is not None), None)

    def read(self, name: str, target: Target, parameters: Mapping[str, Any]) -> Wish:
        """InputError, NotFound (no such target), Refused (Unsupported) when nobody can do it there."""
        action = self.action(name)
        if target.kind is not action.kind and not action.is_internal:
            raise InputError(f"{name} is done to a target of kind {action.kind}, not {target.kind}")
        if not 0 < len(target.id) <= MAX_ID or "\0" in target.id:
            raise InputError(f"the target's id has 1 to {MAX_ID} characters")
        read = _bounded(action.read(self._given(action, target, parameters)))
        if self.carrier_of(name, target) is not None:
            return Wish(action, replace(target, name=(target.name or target.id)[:255]), "", read)
        endpoint = self._endpoint(action, target)
        return Wish(action, _filled(target, endpoint), endpoint.guid, read, endpoint.group)

    def _given(self, action: Action, target: Target, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(parameters)
        if target.kind is TargetKind.ACCOUNT:
            given["user"] = target.id.rpartition("\\")[2]
        expand = self.expand.get(action.name)
        return expand(given) if expand else given

    def _endpoint(self, action: Action, target: Target) -> EndpointFacts:
        """Of the target itself, or of the host whose account it is."""
        if target.kind is TargetKind.ENDPOINT:
            endpoint = self.endpoints.find(target.id)
        elif target.kind is TargetKind.ACCOUNT and not target.id.startswith(DIRECTORY) and "\\" in target.id:
            endpoint = self.endpoints.find(target.id.partition("\\")[0])
        else:
            raise NotFound(f"nothing here carries out {action.name} on {target.kind} {target.id[:80]!r}")
        reason = unable(action, endpoint)
        if reason is not None:
            raise Refused(reason["en"], "Unsupported", text=reason)
        return endpoint


def unable(action: Action, endpoint: EndpointFacts) -> dict[str, str] | None:
    """Why this endpoint cannot do it at all (not: because it is away just now); None when it can."""
    name = endpoint.name
    if endpoint.is_revoked:
        return {"en": f"the sensor of {name} was revoked", "ja": f"{name} のセンサーは失効しています"}
    if endpoint.os_platform and endpoint.os_platform not in action.platforms:
        return {
            "en": f"{action.title.en} is not there for {endpoint.os_platform}",
            "ja": f"{action.title.ja}は {endpoint.os_platform} では利用できません",
        }
    if action.name in endpoint.cannot:
        reason = str(endpoint.cannot[action.name])[:500]
        return {"en": f"{name} cannot do this: {reason}", "ja": f"{name} では実行できません: {reason}"}
    return None


def _filled(target: Target, endpoint: EndpointFacts) -> Target:
    """An endpoint by its GUID, whatever it was called in the wish; an account by the host's GUID and its name."""
    address = next(iter(endpoint.ips), "")
    if target.kind is TargetKind.ACCOUNT:
        user = target.id.rpartition("\\")[2]
        return Target(target.kind, f"{endpoint.guid}\\{user}", f"{endpoint.name}\\{user}", address, endpoint.os_name)
    return Target(TargetKind.ENDPOINT, endpoint.guid, endpoint.name, address, endpoint.os_name)


def _bounded(parameters: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(orjson.dumps(parameters))
    except (TypeError, orjson.JSONEncodeError) as error:
        raise InputError(f"the parameters cannot be written as JSON: {error}") from None
    if size > MAX_PARAMETERS_BYTES:
        raise TooLarge(f"the parameters may have at most {MAX_PARAMETERS_BYTES} bytes; these have {size}")
    return parameters


_GROUP = re.compile(r"[\w-]{0,32}")


def checked_text(name: str, text: str, most: int) -> str:
    text = text.strip()
    if len(text) > most or "\0" in text:
        raise InputError(f"{name}: at most {most} characters")
    return text


def checked_group(group: str) -> str:
    if not _GROUP.fullmatch(group):
        raise InputError("group: at most 32 letters, digits, - and _")
    return group


def short(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """For the audit log: long texts as their length."""
    return {
        name: f"({len(value)} characters)" if isinstance(value, str) and len(value) > 200 else value
        for name, value in list(parameters.items())[:20]
    }
