"""Who is asking, and what the house lets them do. Permissions are denied unless the role names them."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    VIEW = "view"  # see alerts, incidents, detections, activities
    INVESTIGATE = "investigate"  # status, findings, notes, owner, incidents
    RESPOND = "respond"  # ask for response tasks, see what they brought
    APPROVE = "approve"  # agree to response tasks of others
    SHELL = "shell"  # remote shell, custom scripts: whatever can be done on an endpoint
    CONTENT = "content"  # models on and off
    INGEST = "ingest"
    ADMINISTER = "administer"  # users and API keys
    AUDIT = "audit"  # read the audit log


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    SENIOR_ANALYST = "senior-analyst"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    INGESTER = "ingester"
    SIEM = "siem"


class PrincipalKind(StrEnum):
    USER = "user"  # a person, logged in at the console
    KEY = "key"  # a program with an API key
    SYSTEM = "system"  # the command line on the server itself


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.SENIOR_ANALYST: frozenset(
        {
            Permission.VIEW,
            Permission.INVESTIGATE,
            Permission.RESPOND,
            Permission.APPROVE,
            Permission.SHELL,
            Permission.CONTENT,
            Permission.AUDIT,
        }
    ),
    Role.ANALYST: frozenset({Permission.VIEW, Permission.INVESTIGATE}),
    Role.AUDITOR: frozenset({Permission.VIEW, Permission.AUDIT}),
    Role.INGESTER: frozenset({Permission.INGEST}),
    Role.SIEM: frozenset({Permission.VIEW}),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """One asker. `address` is where the request came from, for the audit log."""

    name: str
    role: Role
    permissions: frozenset[Permission]
    kind: PrincipalKind
    address: str = ""

    @classmethod
    def of(cls, name: str, role: Role, kind: PrincipalKind, address: str = "") -> "Principal":
        """A principal with exactly the permissions of its role."""
        return cls(name, role, PERMISSIONS[role], kind, address)


# The command line on the server's own machine: who can read the data folder may do everything anyway.
COMMAND_LINE = Principal.of("command-line", Role.ADMINISTRATOR, PrincipalKind.SYSTEM, "local")
