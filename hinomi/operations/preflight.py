"""Before a simulation: what stands between the script and its alert, on one endpoint. Nothing is asked of the endpoint.

In: what is known of the endpoint, its policy, the block list and the content. Out: checks, each with its reason in both
languages. Only what this house controls can be looked at; other security products on the endpoint are named, not known.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from hinomi.detect.content import Content
from hinomi.inventory.inventory import Inventory
from hinomi.inventory.policies import Policies
from hinomi.operations.simulation import Simulation
from hinomi.operations.simulations import Simulations, demo_of
from hinomi.schema.content import Text
from hinomi.schema.endpoint import Endpoint, Isolation
from hinomi.wire.policy import SensorPolicy


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"  # it may still work
    BLOCKED = "blocked"  # the alert will not come
    UNKNOWN = "unknown"  # nobody here can know


TITLES = {
    "connected": Text("Sensor connected", "センサーの接続"),
    "isolated": Text("Isolation", "隔離"),
    "collectors": Text("Processes watched", "プロセスの監視"),
    "exclusions": Text("Policy exclusions", "ポリシーの除外"),
    "block_list": Text("Block list", "ブロックリスト"),
    "behaviour": Text("Behaviour monitoring", "挙動監視"),
    "content": Text("Detection model and filters", "検知モデルとフィルタ"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """`id`: a key of TITLES."""

    id: str
    state: State
    text: Text

    def as_json(self) -> dict[str, Any]:
        """`ok` None: nobody here can know."""
        title = TITLES[self.id]
        return {
            "name": self.id,
            "title": {"en": title.en, "ja": title.ja},
            "ok": None if self.state is State.UNKNOWN else self.state is State.OK,
            "blocking": self.state is State.BLOCKED,
            "why": {"en": self.text.en, "ja": self.text.ja},
        }


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`hashes`: script -> SHA-1 and SHA-256 of all its forms; `blocked`: hashes on the block list, lower case."""

    endpoint: Endpoint
    policy: SensorPolicy
    hashes: Mapping[str, Collection[str]]
    blocked: Collection[str]
    content: Content


class Preflights:
    """`blocked`: hashes on the block list, lower case; `content`: of this moment."""

    def __init__(
        self,
        simulations: Simulations,
        inventory: Inventory,
        policies: Policies,
        content: Callable[[], Content],
        blocked: Callable[[], Collection[str]],
    ) -> None:
        self._simulations, self._inventory, self._policies = simulations, inventory, policies
        self._content, self._blocked = content, blocked

    def look(self, id_: str, endpoint: str) -> list[Check]:
        """`endpoint`: GUID or name. NotFound, Conflict (several of that name)."""
        simulation = self._simulations.get(id_)
        found = self._inventory.find(endpoint)
        around = Surroundings(
            found, self._policies.of(found.guid), self._simulations.hashes(id_), self._blocked(), self._content()
        )
        return preflight(simulation, around)


def preflight(simulation: Simulation, around: Surroundings) -> list[Check]:
    """All checks, in the order in which things happen."""
    return [
        _connected(around.endpoint),
        _isolated(around.endpoint),
        _watched(around),
        _excluded(simulation, around.policy),
        _on_block_list(around),
        _behaviour_blocking(around.endpoint),
        _detected(simulation, around.content),
    ]


def is_ready(checks: Collection[Check]) -> bool:
    return all(check.state is not State.BLOCKED for check in checks)


def _connected(endpoint: Endpoint) -> Check:
    if endpoint.is_revoked:
        return Check("connected", State.BLOCKED, Text("The sensor has been revoked.", "センサーは失効しています。"))
    if endpoint.is_connected:
        return Check("connected", State.OK, Text("The sensor is connected.", "センサーは接続中です。"))
    return Check(
        "connected",
        State.BLOCKED,
        Text(
            "The sensor is not connected: what happens now arrives when it is back.",
            "センサーが接続していません。記録は再接続後に届きます。",
        ),
    )


def _isolated(endpoint: Endpoint) -> Check:
    if endpoint.isolation is Isolation.ON:
        return Check(
            "isolated",
            State.WARNING,
            Text(
                "The endpoint is isolated: the script must be on it already; records still arrive.",
                "エンドポイントは隔離中です。スクリプトを先に置く必要があります。記録は届きます。",
            ),
        )
    return Check("isolated", State.OK, Text("The endpoint is not isolated.", "エンドポイントは隔離されていません。"))


def _watched(around: Surroundings) -> Check:
    if not around.policy.watches("process"):
        return Check(
            "collectors",
            State.BLOCKED,
            Text("The sensor policy does not watch processes.", "センサーポリシーでプロセスの監視が無効です。"),
        )
    active = [
        name for name, told in around.endpoint.collectors.items() if told.get("active") and _sees_processes(name, told)
    ]
    if active:
        names = ", ".join(sorted(active))
        return Check("collectors", State.OK, Text(f"Processes are watched by: {names}.", f"プロセスの監視元: {names}"))
    reasons = "; ".join(
        f"{name}: {told.get('reason') or '-'}" for name, told in sorted(around.endpoint.collectors.items())
    )[:500]
    return Check(
        "collectors",
        State.BLOCKED,
        Text(
            f"No collector of processes is active. {reasons}",
            f"プロセスを監視するコレクターが動いていません。{reasons}",
        ),
    )


def _sees_processes(name: str, told: Mapping[str, object]) -> bool:
    """A collector says what it watches; older ones are known by their names."""
    watches = told.get("watches")
    return "process" in watches if isinstance(watches, list | tuple) else name in ("ebpf", "audit", "proc_connector")


def _excluded(simulation: Simulation, policy: SensorPolicy) -> Check:
    for one in policy.exclusions:
        if one.kind in ("", "process") and _hides(one.field, one.value.lower(), simulation):
            return Check(
                "exclusions",
                State.BLOCKED,
                Text(
                    f"An exclusion of the sensor policy hides it: {one.field} {one.value}",
                    f"センサーポリシーの除外に当たります: {one.field} {one.value}",
                ),
            )
    return Check("exclusions", State.OK, Text("No exclusion of the policy hides it.", "ポリシーの除外に当たりません。"))


def _hides(field: str, pattern: str, simulation: Simulation) -> bool:
    """Would the pattern (`*` = any characters) hide the commands that the script starts?"""
    script = demo_of(simulation).script.lower()
    tried = {
        "exe": ("/usr/bin/dash", "/usr/bin/bash", "/bin/sh", r"c:\windows\system32\cmd.exe"),
        "cmd": (f"sh ./{script}.sh", r'sh -c echo "reg.exe save hklm\sam c:\hinomi-test\hinomi-test.hive"'),
    }
    literal = pattern.replace("[", "[[]").replace("?", "[?]")
    return any(fnmatchcase(value, literal) for value in tried.get(field, ()))


def _on_block_list(around: Surroundings) -> Check:
    found = sorted(name for name, hashes in around.hashes.items() if set(hashes) & set(around.blocked))
    if found:
        names = ", ".join(found)
        return Check(
            "block_list",
            State.BLOCKED,
            Text(f"The script is on the block list: {names}", f"スクリプトがブロックリストにあります: {names}"),
        )
    return Check("block_list", State.OK, Text("The script is not on the block list.", "ブロックリストにありません。"))


def _behaviour_blocking(endpoint: Endpoint) -> Check:
    if endpoint.os_platform == "linux":
        return Check(
            "behaviour",
            State.OK,
            Text(
                "The sensor stops no program by its behaviour. Another product on the host might.",
                "このセンサーは挙動によるプログラムの停止を行いません。他社製品が止める可能性はあります。",
            ),
        )
    return Check(
        "behaviour",
        State.UNKNOWN,
        Text(
            "Behaviour monitoring of other products cannot be seen from here. If the script does not end, switch it off for the trial.",
            "他製品の挙動監視はここからは確認できません。スクリプトが完了しない場合は、試す間だけ無効にしてください。",
        ),
    )


def _detected(simulation: Simulation, content: Content) -> Check:
    demo = demo_of(simulation)
    model = next((one for one in content.models if one.id == demo.model), None)
    missing = [
        one.filter
        for one in demo.scenarios
        if one.filter not in content.filter or not content.filter[one.filter].enabled
    ]
    if model is None or not model.enabled:
        return Check(
            "content",
            State.BLOCKED,
            Text(f"The model {demo.model} is switched off.", f"検知モデル {demo.model} が無効です。"),
        )
    if missing:
        names = ", ".join(missing)
        state = State.BLOCKED if len(missing) == len(demo.scenarios) else State.WARNING
        return Check("content", state, Text(f"Filters are switched off: {names}", f"無効なフィルタ: {names}"))
    return Check("content", State.OK, Text("The model and its filters are on.", "検知モデルとフィルタは有効です。"))
