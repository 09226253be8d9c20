"""The one question before every act: may this principal do that? What no role names is denied."""

from hinomi.errors import Forbidden
from hinomi.schema.principal import Permission, Principal


def require(principal: Principal, permission: Permission) -> None:
    """Nothing, or Forbidden that names the missing permission."""
    if permission not in principal.permissions:
        raise Forbidden(
            f"{principal.name} ({principal.role}) may not do this: the permission '{permission}' is missing"
        )
