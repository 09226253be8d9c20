"""The audit rules of the sensor: which system calls it wants to hear of, by machine. Numbers: the kernel's syscall tables.

The kernel's rules are one list for all; a key with the number of the process keeps apart what several sensors wrote there.
"""

import os
import platform
from dataclasses import dataclass

from hinomi.sensor.telemetry.audit_link import (
    ADDRESS_FAMILY,
    ALWAYS,
    ARCH,
    EQUAL,
    EXCLUDE,
    KEY,
    MESSAGE_TYPE,
    NEVER,
    PID,
    SUCCESS,
    Condition,
    Rule,
    conditions_of,
)

KEY_BEGINS = "hinomi-"
_UNUSED = (1327, 1302, 1321)  # PROCTITLE, PATH, BPRM_FCAPS: EXECVE, SYSCALL and CWD say what is needed
_INET, _INET6 = 2, 10


@dataclass(frozen=True, slots=True)
class Calls:
    """The system calls of one calling convention; `arch` is its AUDIT_ARCH."""

    arch: int
    execs: tuple[int, ...]
    connects: tuple[int, ...]
    accepts: tuple[int, ...]
    modules: tuple[int, ...]
    other_arch: int | None = None  # of the 32-bit convention on the same machine
    other_execs: tuple[int, ...] = ()


MACHINES: dict[str, Calls] = {
    "x86_64": Calls(0xC000003E, (59, 322), (42,), (43, 288), (175, 313, 176), 0x40000003, (11, 358)),
    "aarch64": Calls(0xC00000B7, (221, 281), (203,), (202, 242), (105, 273, 106), 0x40000028, (11, 387)),
}
EXEC_CALLS = {(calls.arch, number) for calls in MACHINES.values() for number in calls.execs} | {
    (calls.other_arch, number) for calls in MACHINES.values() for number in calls.other_execs
}
CONNECT_CALLS = {(calls.arch, number) for calls in MACHINES.values() for number in calls.connects}
ACCEPT_CALLS = {(calls.arch, number) for calls in MACHINES.values() for number in calls.accepts}
MODULE_LOADS = {(0xC000003E, 175), (0xC000003E, 313), (0xC00000B7, 105), (0xC00000B7, 273)}
MODULE_REMOVALS = {(0xC000003E, 176), (0xC00000B7, 106)}


def leave_out(pid: int) -> Rule:
    """Nothing of this process is told."""
    return Rule(NEVER, conditions=((PID, EQUAL, pid),), first=True)


def own_key() -> str:
    return f"{KEY_BEGINS}{os.getpid()}"


def owner(identity: bytes) -> int | None:
    """The process of the sensor that made a rule in force; None when it is none of ours."""
    action, conditions = conditions_of(identity)
    if action == NEVER and len(conditions) == 1 and conditions[0][0] == PID:
        return int(conditions[0][2])
    keys = (str(value) for field, _, value in conditions if field == KEY)
    numbers = (key.removeprefix(KEY_BEGINS) for key in keys if key.startswith(KEY_BEGINS))
    return next((int(number) for number in numbers if number.isdecimal()), None)


def rules(watch: tuple[str, ...], *, alone: bool, only: tuple[Condition, ...] = ()) -> list[Rule]:
    """`watch`: process, network, module. `alone`: no other audit daemon reads. `only`: further conditions on every rule.

    The sensor's own calls are left out. OSError on a machine whose system calls are not known here.
    """
    calls = MACHINES.get(platform.machine())
    if calls is None:
        raise OSError(f"no system call numbers for {platform.machine()}")
    own = (KEY, EQUAL, own_key())
    found = [leave_out(os.getpid())]

    def always(arch: int, numbers: tuple[int, ...], *conditions: Condition) -> None:
        found.append(Rule(ALWAYS, numbers, ((ARCH, EQUAL, arch), *only, *conditions, own)))

    if alone:  # nobody else wants them, and four messages for an exec cost half of eight
        found += [Rule(NEVER, conditions=((MESSAGE_TYPE, EQUAL, one),), filter_list=EXCLUDE) for one in _UNUSED]
    if "process" in watch:
        always(calls.arch, calls.execs, (SUCCESS, EQUAL, 1))
        if calls.other_arch is not None:
            always(calls.other_arch, calls.other_execs, (SUCCESS, EQUAL, 1))
    if "network" in watch:
        for family in (_INET, _INET6):
            always(calls.arch, calls.connects + calls.accepts, (ADDRESS_FAMILY, EQUAL, family))
    if "module" in watch:
        always(calls.arch, calls.modules)
    return found
