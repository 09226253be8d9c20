"""What the server knows of an action: parameters, targets, who may ask, who does it, how it is verified.

The half that runs on the endpoint is `hinomi/sensor/actions/<the same name>.py`. To add one: docs/how-to/add-an-action.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hinomi.schema.principal import Permission
from hinomi.schema.task import Phase, ResponseTask, Target, TargetKind


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages; `{name}` is filled from the target and the parameters."""

    en: str
    ja: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Was it looked at, and is it true? `is_true` None: could not be looked at; `note` says why, in both languages."""

    is_true: bool | None
    note: Words
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing to fill in, for dialogs and documents. `type`: text, number, list, choice, flag or long_text."""

    name: str
    type: str
    label: Words
    required: bool = False
    choices: tuple[str, ...] = ()


class Looker(Protocol):
    """The server's own eyes, apart from what the acting sensor says."""

    def reaches(self, address: str, ports: Sequence[int]) -> Mapping[str, bool]:
        """Does anything answer there, asked from this server: "ping" and each port as text -> answered."""
        ...

    def ask_neighbours(self, target: Target, address: str, ports: Sequence[int]) -> Sequence[Mapping[str, Any]]:
        """The same, asked by other sensors near the target (action `probe_address`); empty when there is none."""
        ...

    def ask(self, target: Target, action: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """A second, read-only command to the target itself (`look_at_process`, `look_at_file` ...) and its result."""
        ...

    def is_connected(self, endpoint: str) -> bool: ...


def parameters_as_they_are(given: Mapping[str, Any]) -> dict[str, Any]:
    return dict(given)


def nothing_to_prepare(_task: ResponseTask, _looker: Looker) -> dict[str, Any]:
    return {}


def believed(_task: ResponseTask, _looker: Looker) -> Verdict:
    """For actions whose result is its own proof (a file that came, the output of a script)."""
    return Verdict(True, Words("The result itself is the proof.", "結果そのものが証拠です。"))


@dataclass(frozen=True, slots=True)
class Action:
    """`name` is the file's name. `public`: the name in the public API ("" when it has none).

    read: parameters as given -> normal form; InputError that says what would be right.
    prepare: before it is handed out, what only the server can find out now (a baseline of what answers) -> kept in the
        task's evidence under "before".
    verify: after `executed`; may ask `Looker`. Never raises for "no": that is a Verdict.
    same_as: what makes two tasks on one target the same wish (a second one while the first lives is refused).
    """

    name: str
    public: str
    kind: TargetKind
    phase: Phase
    title: Words
    effect: Words  # what will happen, one sentence, for the dialog
    parameters: tuple[Parameter, ...] = ()  # what `read` takes; an ACCOUNT's `user` is filled in from the target's id
    permission: Permission = Permission.RESPOND
    read: Callable[[Mapping[str, Any]], dict[str, Any]] = parameters_as_they_are
    prepare: Callable[[ResponseTask, Looker], dict[str, Any]] = nothing_to_prepare
    verify: Callable[[ResponseTask, Looker], Verdict] = believed
    same_as: Callable[[Mapping[str, Any]], str] = field(default=lambda parameters: repr(sorted(parameters.items())))
    undo: str = ""  # the action that takes it back
    is_destructive: bool = False  # asks a second time
    is_internal: bool = False  # asked by the server alone, never by a person
    # where sensors know it; each says itself what its host cannot do, and what was never run on its system (`untested`)
    platforms: frozenset[str] = frozenset({"linux", "windows"})
    timeout_s: int = 600  # executing longer than this is a failure
