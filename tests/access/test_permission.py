"""Deny by default."""

import pytest

from hinomi.access.permission import require
from hinomi.errors import Forbidden
from hinomi.schema.principal import COMMAND_LINE, PERMISSIONS, Permission, Principal, PrincipalKind, Role

# The table of docs/reference/roles.md, written out: a change of a role must be meant.
ALLOWED = {
    Role.ADMINISTRATOR: {
        "view",
        "investigate",
        "respond",
        "approve",
        "shell",
        "content",
        "ingest",
        "administer",
        "audit",
    },
    Role.SENIOR_ANALYST: {"view", "investigate", "respond", "approve", "shell", "content", "audit"},
    Role.ANALYST: {"view", "investigate"},
    Role.AUDITOR: {"view", "audit"},
    Role.INGESTER: {"ingest"},
    Role.SIEM: {"view"},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_may_what_the_table_says_and_nothing_else(role: Role, permission: Permission) -> None:
    asker = Principal.of("a", role, PrincipalKind.USER)
    if permission in ALLOWED[role]:
        require(asker, permission)
    else:
        with pytest.raises(Forbidden, match=permission):
            require(asker, permission)


def test_every_role_has_its_permissions() -> None:
    assert set(PERMISSIONS) == set(Role) == set(ALLOWED)


def test_a_principal_without_permissions_may_nothing() -> None:
    nobody = Principal("nobody", Role.ADMINISTRATOR, frozenset(), PrincipalKind.USER)
    with pytest.raises(Forbidden):
        require(nobody, Permission.VIEW)


def test_the_command_line_on_the_server_may_everything() -> None:
    assert COMMAND_LINE.permissions == frozenset(Permission)
