"""Registry paths and data: the kernel's spelling to the one of Sysmon and Sigma, and paths cut into key and value."""

import re
from typing import Any

from hinomi.normalise.values import integer, text

# Kernel roots -> the abbreviations of Sysmon (Sysmon documentation, event 12); longest first.
_ROOTS = (
    ("\\registry\\machine", "HKLM"),
    ("\\registry\\user", "HKU"),
    ("hkey_local_machine", "HKLM"),
    ("hkey_users", "HKU"),
    ("hkey_current_user", "HKCU"),
    ("hkey_classes_root", "HKCR"),
    ("hkey_current_config", "HKCC"),
    ("registry::", ""),
)
# The kernel names the set that is current by its number, Sysmon and rules by what it is
_CONTROL_SET = re.compile(r"^(HKLM\\SYSTEM\\)ControlSet\d{3}(\\|$)", re.IGNORECASE)
_DWORD, _QWORD, _BINARY = "%%1876", "%%1883", "%%1875"  # value types in the messages of event 4657
_TYPE_NAMES = {
    _DWORD: "DWORD",
    _QWORD: "QWORD",
    "reg_dword": "DWORD",
    "reg_qword": "QWORD",
    "dword": "DWORD",
    "qword": "QWORD",
}
_BINARIES = frozenset({_BINARY, "reg_binary", "binary"})


def short_path(path: Any) -> str | None:
    """`\\REGISTRY\\MACHINE\\SOFTWARE` -> `HKLM\\SOFTWARE`; others as they are."""
    found = text(path)
    if found is None:
        return None
    if found[:10].lower() == "registry::":
        found = found[10:]
    lower = found.lower()
    for long, short in _ROOTS:
        if lower.startswith(long) and lower[len(long) : len(long) + 1] in ("", "\\"):
            found = short + found[len(long) :]
            break
    return _CONTROL_SET.sub(r"\1CurrentControlSet\2", found, count=1)


def key_of(target: Any) -> str | None:
    """The key of Sysmon's TargetObject for a value."""
    found = text(target)
    return found.rpartition("\\")[0] or found if found else None


def value_of(target: Any) -> str | None:
    """The value name of Sysmon's TargetObject; `(Default)` is a name like others."""
    found = text(target)
    return found.rpartition("\\")[2] or None if found and "\\" in found else None


def joined(key: Any, value: Any) -> str | None:
    """TargetObject of a key and a value name, in the short spelling."""
    path, name = short_path(key), text(value)
    return f"{path}\\{name}" if path and name else path


def details(value: Any, value_type: Any) -> str | None:
    """Data in the spelling of Sysmon's Details: `DWORD (0x00000001)`, `Binary Data`, or the text."""
    kind = (text(value_type) or "").lower()
    if kind in _BINARIES:
        return "Binary Data"
    number = integer(value)
    name = _TYPE_NAMES.get(kind)
    if name is None or number is None:
        return text(value)
    return f"DWORD (0x{number:08x})" if name == "DWORD" else f"QWORD (0x{number >> 32:08x}-0x{number & 0xFFFFFFFF:08x})"
