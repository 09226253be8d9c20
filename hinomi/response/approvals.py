"""What needs somebody else's yes: rules by action and endpoint group, and the requests that wait for a decision."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import Forbidden, InputError
from hinomi.response.store import APPROVAL_RULES, APPROVALS, number, set_number
from hinomi.schema.principal import Permission, Principal, PrincipalKind

LAPSES_MS = 86_400_000  # a request nobody decides on in a day is over
MAX_RULES = 500
SHELL = "remote_shell"


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """`group` "": every endpoint group. The rule of the group counts before the one for all."""

    action: str
    group: str = ""
    needs: bool = True


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """`four_eyes_shell`: no remote shell without a second person, whatever the rules say."""

    rules: tuple[ApprovalRule, ...] = ()
    four_eyes_shell: bool = False

    def needs(self, action: str, group: str) -> bool:
        if action == SHELL and self.four_eyes_shell:
            return True
        for wanted in (group, ""):
            for rule in self.rules:
                if rule.action == action and rule.group.lower() == wanted.lower():
                    return rule.needs
        return False


class Approvals:
    """The policy and the requests. Thread-safe."""

    def __init__(self, database: Database, audit: Audit, known_actions: Iterable[str]) -> None:
        self._database, self._audit = database, audit
        self._known = frozenset(known_actions)

    def policy(self) -> ApprovalPolicy:
        with self._database.read() as connection:
            return read_policy(connection)

    def set_policy(self, by: Principal, policy: ApprovalPolicy) -> ApprovalPolicy:
        """Put another policy in place of the one that is; for administrators."""
        require(by, Permission.ADMINISTER)
        self._check(policy)
        with self._database.begin() as connection:
            before = read_policy(connection)
            connection.execute(sa.delete(APPROVAL_RULES))
            for rule in policy.rules:
                row = {"action": rule.action, "group_name": rule.group, "needs": rule.needs}
                connection.execute(sa.insert(APPROVAL_RULES).values(**row))
            set_number(connection, "four_eyes_shell", int(policy.four_eyes_shell))
            self._audit.add(connection, by, "approval.policy", "", {"before": _told(before), "after": _told(policy)})
        return policy

    def _check(self, policy: ApprovalPolicy) -> None:
        if len(policy.rules) > MAX_RULES:
            raise InputError(f"at most {MAX_RULES} rules")
        unknown = sorted({rule.action for rule in policy.rules} - self._known)
        if unknown:
            raise InputError(f"no action {unknown[0][:64]!r}; there are: {', '.join(sorted(self._known))}")
        if any(len(rule.group) > 64 for rule in policy.rules):
            raise InputError("group: at most 64 characters")
        keys = [(rule.action, rule.group) for rule in policy.rules]
        if len(set(keys)) != len(keys):
            raise InputError("two rules for the same action and group")


def read_policy(connection: Connection) -> ApprovalPolicy:
    wanted = sa.select(APPROVAL_RULES).order_by(APPROVAL_RULES.c.action, APPROVAL_RULES.c.group_name)
    rules = tuple(ApprovalRule(row.action, row.group_name, row.needs) for row in connection.execute(wanted))
    return ApprovalPolicy(rules, bool(number(connection, "four_eyes_shell")))


def request(connection: Connection, task_id: str, now_ms: int) -> None:
    row = {"task_id": task_id, "asked_ms": now_ms, "lapses_ms": now_ms + LAPSES_MS}
    connection.execute(sa.insert(APPROVALS).values(**row, decision="", decided_by="", reason=""))


def decide(connection: Connection, task_id: str, decision: str, by: str, reason: str, now_ms: int) -> None:
    """Nothing when the task never needed one."""
    wanted = sa.update(APPROVALS).where(APPROVALS.c.task_id == task_id, APPROVALS.c.decision == "")
    connection.execute(wanted.values(decision=decision, decided_by=by, decided_ms=now_ms, reason=reason))


def lapsed(connection: Connection, now_ms: int) -> list[str]:
    wanted = sa.select(APPROVALS.c.task_id).where(APPROVALS.c.decision == "", APPROVALS.c.lapses_ms <= now_ms)
    return list(connection.execute(wanted).scalars())


def why_not(by: Principal, asked_by: str) -> str | None:
    """Why this principal may not decide on what `asked_by` asked for; None when he may."""
    if Permission.APPROVE not in by.permissions:
        return f"the permission '{Permission.APPROVE}' is missing"
    if by.kind is PrincipalKind.KEY:
        return "a person has to decide, not a program with a key"
    if by.name.lower() == asked_by.lower():
        return "who asked for it may not approve it"
    return None


def check_may_decide(by: Principal, asked_by: str) -> None:
    reason = why_not(by, asked_by)
    if reason is not None:
        raise Forbidden(f"{by.name} may not decide on this task: {reason}")


def _told(policy: ApprovalPolicy) -> dict[str, object]:
    rules = [f"{rule.action}/{rule.group or '*'}={'yes' if rule.needs else 'no'}" for rule in policy.rules]
    return {"rules": rules, "fourEyesShell": policy.four_eyes_shell}
