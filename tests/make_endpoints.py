"""Makers of what sensors say of their hosts."""

from typing import Any

from hinomi.wire.inventory import HostFacts, Interface


def facts(name: str = "web-1", **changes: Any) -> HostFacts:
    given: dict[str, Any] = {
        "name": name,
        "type": "server",
        "os_name": "Debian GNU/Linux 12 (bookworm)",
        "os_version": "12",
        "os_platform": "linux",
        "kernel": "6.1.0-18-amd64",
        "architecture": "x86_64",
        "interfaces": (Interface("eth0", "02:00:00:00:00:01", ("192.0.2.10", "2001:db8::10")),),
        "users": ("hanako", "taro"),
        "last_user": "hanako",
        "software": (("openssl", "3.0.15"),),
        "sensor_version": "0.1.0",
        "isolation": "off",
    }
    return HostFacts(**(given | changes))
