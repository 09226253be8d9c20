"""Local accounts of a Windows host. Those of a domain are a matter of its directory (docs/how-to/connect-a-directory.md)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hinomi.sensor.action import ActionFailed
from hinomi.sensor.windows.command import Cmdlet, Command, asked, pipeline, program, rows
from hinomi.sensor.windows.plan import Check, Host, Plan, Step, ask, carry_out

NAME = re.compile(r'[^"/\\\[\]:;|=,+*?<>@\x00-\x1f]{1,20}')  # as Windows takes local names
ADMINISTRATOR = "-500"  # the built-in account's SID ends so
PROCESSES = asked(Cmdlet("Get-Process", {"IncludeUserName": True}), of=("Id", "SessionId", "UserName"))


@dataclass(frozen=True, slots=True)
class Account:
    """`locked`: nobody can log in with it any more. `processes`: that run as it."""

    user: str
    sid: str
    locked: bool
    processes: int


def _asked(user: str) -> Command:
    return asked(Cmdlet("Get-LocalUser", {"Name": user}), of=("Name", "Enabled", "SID"))


def find(host: Host, user: str) -> Account:
    """ActionFailed not_found when it is none of this host's own."""
    missing = ActionFailed("not_found", f"{user} is no local account.", f"{user} はローカルアカウントではありません。")
    if not NAME.fullmatch(user):
        raise missing
    try:
        found = rows(ask(host, _asked(user), "look for the account"))
    except ActionFailed as failed:
        raise missing from failed
    if len(found) != 1:
        raise missing
    sid = found[0].get("SID")
    told = str(sid.get("Value") if isinstance(sid, Mapping) else sid)
    return Account(
        str(found[0]["Name"]), told, found[0].get("Enabled") is False, len(_processes(host, _owner(host, user)))
    )


def changeable(host: Host, user: str) -> Account:
    account = find(host, user)
    if account.sid.endswith(ADMINISTRATOR):
        raise ActionFailed("refused", f"{user} is the built-in administrator.", f"{user} は組み込みの管理者です。")
    return account


def look(host: Host, user: str) -> dict[str, Any]:
    return asdict(find(host, user))


def disabling(user: str) -> Plan:
    step = Step("disable the account", _set(user, "Disable-LocalUser"), _set(user, "Enable-LocalUser"))
    return Plan("disable_account", (step,), (_is(user, enabled=False),))


def enabling(user: str) -> Plan:
    step = Step("enable the account", _set(user, "Enable-LocalUser"), _set(user, "Disable-LocalUser"))
    return Plan("enable_account", (step,), (_is(user, enabled=True),))


def _set(user: str, cmdlet: str) -> Command:
    return pipeline(Cmdlet(cmdlet, {"Name": user}))


def _is(user: str, *, enabled: bool) -> Check:
    word = "enabled" if enabled else "disabled"

    def complaint(output: str) -> str:
        return "" if any(each.get("Enabled") is enabled for each in rows(output)) else f"it is not {word}"

    return Check(f"the account is {word}", _asked(user), complaint)


def disable(host: Host, user: str) -> dict[str, Any]:
    before = asdict(changeable(host, user))
    if not before["locked"]:
        carry_out(disabling(user), host)
    return {"user": user, "before": before, "after": look(host, user)}


def enable(host: Host, user: str) -> dict[str, Any]:
    before = asdict(changeable(host, user))
    if before["locked"]:
        carry_out(enabling(user), host)
    return {"user": user, "before": before, "after": look(host, user)}


def sign_out(host: Host, user: str) -> dict[str, Any]:
    """Its sessions end, then what still runs as it (services, tasks)."""
    before, owner = asdict(changeable(host, user)), _owner(host, user)
    sessions = sorted({int(each["SessionId"]) for each in _processes(host, owner)} - {0})
    if sessions:
        steps = (Step(f"end session {number}", program("logoff.exe", str(number))) for number in sessions)
        carry_out(Plan("sign_out", tuple(steps)), host)
    rest = [int(each["Id"]) for each in _processes(host, owner)]
    for pid in rest:
        host.run(program("taskkill.exe", "/F", "/PID", str(pid)))  # one that has ended by itself is no failure
    after = look(host, user)
    left = after["processes"]
    return {"user": user, "before": before, "after": after, "ended": before["processes"] - left, "left": left}


def _owner(host: Host, user: str) -> str:
    """Of this host's own account: HOST\\user, not DOMAIN\\user of the same name."""
    machine = ask(
        host,
        asked(Cmdlet("Get-CimInstance", {"ClassName": "Win32_ComputerSystem"}), of=("Name",)),
        "ask the host's name",
    )
    return f"{rows(machine)[0]['Name']}\\{user}".lower()


def _processes(host: Host, owner: str) -> list[dict[str, Any]]:
    found = rows(ask(host, PROCESSES, "list processes with their users"))
    return [each for each in found if str(each.get("UserName") or "").lower() == owner]
