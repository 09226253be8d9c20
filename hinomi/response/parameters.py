"""Parameters of actions as a person or a program gives them -> one normal form; what is wrong is said in both languages.

Every reader takes all that was given and the name of the one it reads. Nothing here asks the endpoint.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hinomi.errors import InputError

MAX_TEXT = 4096  # PATH_MAX of Linux
MAX_LIST = 1000
MAX_PID = 4_194_304  # /proc/sys/kernel/pid_max cannot be higher (proc(5))
_SHA1, _SHA256 = re.compile(r"[0-9a-f]{40}"), re.compile(r"[0-9a-f]{64}")
# of a directory too, where names have spaces and any letters; the endpoint takes only what shadow-utils does
_USER = re.compile(r"[^\x00-\x1f\x7f\\/:*]{1,256}")


class ParametersRefused(InputError):
    """What was given is not what the action takes."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.details = {"text": {"en": en, "ja": ja}}


def only(given: Mapping[str, Any], known: Iterable[str]) -> None:
    strange = sorted(set(map(str, given)) - set(known))
    if strange:
        names = ", ".join(each[:64] for each in strange[:5])
        raise ParametersRefused(
            f"not a parameter of this action: {names}", f"このアクションにないパラメーターです: {names}"
        )


def nothing(given: Mapping[str, Any]) -> dict[str, Any]:
    """For actions that take no parameters."""
    only(given, ())
    return {}


def text(given: Mapping[str, Any], name: str, *, most: int = MAX_TEXT, required: bool = True) -> str:
    found = given.get(name, "")
    if found is None or found == "":
        if required:
            raise ParametersRefused(f"{name} is missing", f"{name} がありません")
        return ""
    if type(found) is not str or len(found.encode("utf-8", "surrogatepass")) > most or "\0" in found:
        raise ParametersRefused(
            f"{name}: a text of at most {most} bytes", f"{name}: {most} バイト以内の文字列が必要です"
        )
    return found


def number(given: Mapping[str, Any], name: str, least: int, most: int, default: int | None = None) -> int:
    """A whole number between `least` and `most`; without `default` it must be given."""
    found = given.get(name, default)
    if found is None:
        raise ParametersRefused(f"{name} is missing", f"{name} がありません")
    if type(found) is not int or not least <= found <= most:
        raise ParametersRefused(
            f"{name}: a whole number from {least} to {most}", f"{name}: {least} から {most} までの整数が必要です"
        )
    return found


def choice(given: Mapping[str, Any], name: str, choices: Iterable[str], default: str = "") -> str:
    found, known = given.get(name, default), tuple(choices)
    if found not in known:
        raise ParametersRefused(
            f"{name}: one of {', '.join(known)}", f"{name}: {', '.join(known)} のいずれかが必要です"
        )
    return str(found)


def texts(given: Mapping[str, Any], name: str, *, most: int = MAX_LIST) -> list[str]:
    found = given.get(name) or []
    fits = type(found) is list and len(found) <= most
    if not fits or not all(type(each) is str and each and len(each) <= MAX_TEXT and "\0" not in each for each in found):
        raise ParametersRefused(
            f"{name}: a list of at most {most} texts", f"{name}: {most} 件以内の文字列のリストが必要です"
        )
    return list(found)


def absolute_path(given: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    found = text(given, name, required=required)
    if found:
        _refuse_odd_path(name, found)
    return found


def absolute_paths(given: Mapping[str, Any], name: str, *, most: int = 100) -> list[str]:
    found = texts(given, name, most=most)
    for each in found:
        _refuse_odd_path(name, each)
    return sorted(set(found))


_DRIVE = re.compile(r"[A-Za-z]:[\\/]")  # of a Windows path


def _refuse_odd_path(name: str, path: str) -> None:
    on_drive = _DRIVE.match(path) is not None
    parts = re.split(r"[/\\]", path) if on_drive else path.split("/")
    if not (on_drive or path.startswith("/")) or ".." in parts:
        raise ParametersRefused(f"{name}: an absolute path without '..'", f"{name}: '..' を含まない絶対パスが必要です")


def digest(given: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    """A SHA-1 or SHA-256, by the parameter's name, in small letters."""
    found = text(given, name, required=required).lower()
    pattern = _SHA1 if name.endswith("sha1") else _SHA256
    if found and not pattern.fullmatch(found):
        raise ParametersRefused(f"{name}: hexadecimal digits of that hash", f"{name}: ハッシュ値の 16 進数が必要です")
    return found


def networks(given: Mapping[str, Any], name: str, *, most: int = 64) -> list[str]:
    """Addresses and networks, IPv4 and IPv6, in normal form."""
    found = texts(given, name, most=most)
    try:
        return sorted({str(ipaddress.ip_network(each, strict=False)) for each in found})
    except ValueError:
        raise ParametersRefused(
            f"{name}: addresses or networks like 192.0.2.1 or 192.0.2.0/24",
            f"{name}: 192.0.2.1 や 192.0.2.0/24 のようなアドレスまたはネットワークが必要です",
        ) from None


def address(given: Mapping[str, Any], name: str) -> str:
    try:
        return str(ipaddress.ip_address(text(given, name)))
    except ValueError:
        raise ParametersRefused(f"{name}: an IP address", f"{name}: IP アドレスが必要です") from None


def user(given: Mapping[str, Any]) -> dict[str, Any]:
    """{user}: the name of an account."""
    only(given, ("user",))
    found = text(given, "user", most=256)
    if not _USER.fullmatch(found):
        raise ParametersRefused("user: the name of an account", "user: アカウント名が必要です")
    return {"user": found}


def process(given: Mapping[str, Any]) -> dict[str, Any]:
    """One process {pid, started_ms}, or all that run a file {sha1 | sha256 | path}; `name` is a label."""
    only(given, ("pid", "started_ms", "sha1", "sha256", "path", "name"))
    label = {"name": name} if (name := text(given, "name", required=False)) else {}
    if given.get("pid") is not None:
        if any(given.get(name) for name in ("sha1", "sha256", "path")):
            raise ParametersRefused(
                "either pid and started_ms, or a hash or a path",
                "pid と started_ms、またはハッシュかパスの一方だけが必要です",
            )
        return {**one_process(given, ("name",)), **label}
    by = {
        "sha1": digest(given, "sha1"), "sha256": digest(given, "sha256"),
        "path": absolute_path(given, "path", required=False),
    }  # fmt: skip
    found = {name: value for name, value in by.items() if value}
    if len(found) != 1:
        raise ParametersRefused(
            "one of: pid with started_ms, sha1, sha256, path",
            "pid と started_ms、sha1、sha256、path のいずれか一つが必要です",
        )
    return {**found, **label}


def one_process(given: Mapping[str, Any], also: Iterable[str] = ()) -> dict[str, Any]:
    """{pid, started_ms}: the number alone is not an identity, it is given again to others."""
    only(given, ("pid", "started_ms", *also))
    pid = number(given, "pid", 2, MAX_PID)
    return {"pid": pid, "started_ms": number(given, "started_ms", 0, 1 << 53)}
