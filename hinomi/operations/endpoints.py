"""What people do to endpoints and their policies: each change with its row in the audit log."""

from collections.abc import Callable
from typing import Any

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.inventory.inventory import Inventory
from hinomi.inventory.policies import Policies
from hinomi.schema.endpoint import Endpoint
from hinomi.schema.principal import Permission, Principal

Revoke = Callable[[Principal, str], None]


class EndpointKeeper:
    """`on_policy`: called with the GUIDs' group after a change of policy, so that sensors get it at once.

    `revoke_identity`: ends a sensor's identity (its certificates); done first, so that a crash in between leaves it cut off.
    """

    def __init__(self, database: Database, inventory: Inventory, policies: Policies, audit: Audit) -> None:
        self._database, self._audit = database, audit
        self.inventory, self.policies = inventory, policies
        self.revoke_identity: Revoke = lambda _who, _guid: None
        self.on_policy: Callable[[], None] = lambda: None
        self.on_revoked: Callable[[str], None] = lambda _guid: None

    def set_group(self, who: Principal, guid: str, group: str) -> Endpoint:
        require(who, Permission.ADMINISTER)
        with self._database.begin() as connection:
            self.inventory.set_group(connection, guid, group)
            self._audit.add(connection, who, "endpoint.group", guid, {"group": group})
        self.on_policy()
        return self.inventory.get(guid)

    def revoke(self, who: Principal, guid: str) -> Endpoint:
        """The sensor may not come back with the identity it has; it has to be enrolled again."""
        require(who, Permission.ADMINISTER)
        self.inventory.get(guid)
        self.revoke_identity(who, guid)
        with self._database.begin() as connection:
            self.inventory.set_revoked(connection, guid)
            self._audit.add(connection, who, "endpoint.revoke", guid)
        self.on_revoked(guid)
        return self.inventory.get(guid)

    def remove(self, who: Principal, guid: str) -> None:
        """Revoke, and take it out of the list."""
        require(who, Permission.ADMINISTER)
        self.inventory.get(guid)
        self.revoke_identity(who, guid)
        with self._database.begin() as connection:
            self.inventory.remove(connection, guid)
            self._audit.add(connection, who, "endpoint.remove", guid)
        self.on_revoked(guid)

    def change_policy(self, who: Principal, group: str, policy: dict[str, Any] | None, base: int, comment: str) -> int:
        """The number of the new version; None gives a group's own policy up. Conflict when it changed since `base`."""
        require(who, Permission.ADMINISTER)
        with self._database.begin() as connection:
            version = self.policies.change(connection, who.name, group, policy, base, comment)
            details = {"version": version, "comment": comment, "given_up": policy is None}
            self._audit.add(connection, who, "sensor_policy.change", group or "(all others)", details)
        self.on_policy()
        return version
