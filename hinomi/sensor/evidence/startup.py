"""What starts by itself on a Linux host: autoruns, services, scheduled tasks. Files are read, never run."""

from __future__ import annotations

import os
import re
from typing import Any, Iterator

from .budget import Budget
from .reading import facts_of, hash_of, listed, text_of

_UNIT_FOLDERS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
)
_OWN_UNITS = "/.config/systemd/user"
_SYSTEM_FILES = (
    "/etc/rc.local", "/etc/rc.d/rc.local", "/etc/profile", "/etc/bash.bashrc", "/etc/bashrc", "/etc/zsh/zshrc", "/etc/environment",
    "/etc/ld.so.preload", "/etc/modules", "/etc/inittab", "/etc/ssh/sshrc", "/etc/sudoers",
)  # fmt: skip
_SYSTEM_FOLDERS = (
    "/etc/init.d", "/etc/profile.d", "/etc/update-motd.d", "/etc/xdg/autostart", "/etc/udev/rules.d", "/etc/modules-load.d",
    "/etc/NetworkManager/dispatcher.d", "/etc/network/if-up.d", "/etc/sudoers.d", "/etc/ld.so.conf.d", "/etc/apt/apt.conf.d",
)  # fmt: skip
_HOME_FILES = (
    ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".profile", ".zshrc", ".zprofile", ".zshenv", ".xinitrc", ".xprofile",
    ".ssh/rc", ".ssh/authorized_keys", ".ssh/environment", ".vimrc", ".gitconfig", ".pam_environment",
)  # fmt: skip
_CRON_FILES = ("/etc/crontab", "/etc/anacrontab")
_CRON_FOLDERS = ("/etc/cron.d", "/var/spool/cron", "/var/spool/cron/crontabs")
_CRON_SCRIPTS = ("/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly")
_MAX_TEXT = 2000
_RUNS = re.compile(r"^\s*(Exec(?:Start|StartPre|StartPost|Stop|Reload|Condition))\s*=\s*[-@:+!]*(.+)$", re.MULTILINE)
_CRON_LINE = re.compile(r"^(@\w+|(?:\S+\s+){5})(.+)$")
_MAX_UNITS = 5000


def homes() -> list[tuple[str, str]]:
    """(user, home) of everyone who has a home that is a folder."""
    found = []
    for line in text_of("/etc/passwd").splitlines():
        parts = line.split(":")
        if len(parts) == 7 and parts[5] not in ("", "/", "/nonexistent") and os.path.isdir(parts[5]):
            found.append((parts[0], parts[5]))
    return found


def autoruns(budget: Budget) -> Iterator[dict[str, Any]]:
    """`commands`: for few-line files what they hold; a shell's start file is told by its hash and its odd lines."""
    for path in _SYSTEM_FILES:
        yield from _autorun(path, "system", "")
    for folder in _SYSTEM_FOLDERS:
        for name in listed(folder):
            budget.check()
            yield from _autorun(f"{folder}/{name}", "system", "")
    for user, home in homes():
        budget.check()
        for name in _HOME_FILES:
            yield from _autorun(f"{home}/{name}", "user", user)
        for name in listed(f"{home}/.config/autostart"):
            yield from _autorun(f"{home}/.config/autostart/{name}", "user", user)


def _autorun(path: str, scope: str, user: str) -> Iterator[dict[str, Any]]:
    facts = facts_of(path)
    if not facts or not (facts["is_regular"] or facts["is_link"]):
        return
    text = text_of(path, 1 << 16)
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    yield {
        "path": path,
        "scope": scope,
        "user": user,
        "target": os.path.realpath(path) if facts["is_link"] else "",
        "commands": _shortened(lines) if len(lines) <= 20 else "",
        **_told(path, facts),
        "odd_lines": odd_lines(text),
    }


_ODD = re.compile(
    r"(?:curl|wget|fetch)\b[^\n|;]*\|\s*(?:ba|da|z|k)?sh\b|/dev/(?:tcp|udp)/|base64\s+(?:-d|--decode)|\bnc\b[^\n]*\s-[a-z]*e\b"
    r"|python[0-9.]*\s+-c\s|perl\s+-e\s|(?:^|[\s=;\"'])/(?:tmp|var/tmp|dev/shm)/\S|LD_PRELOAD=|\bmkfifo\b|\bsocat\b[^\n]*exec",
    re.IGNORECASE,
)


def odd_lines(text: str) -> list[str]:
    """Lines that fetch and run, open a shell to the net, decode, or start something from a temporary folder."""
    found = [
        line.strip()[:300]
        for line in text.splitlines()
        if len(line) < 10_000 and not line.lstrip().startswith("#") and _ODD.search(line)
    ]
    return found[:20]


def services(budget: Budget) -> Iterator[dict[str, Any]]:
    """systemd units that run something; `enabled`: some target wants it."""
    wanted = _wanted()
    seen: set[str] = set()
    folders = [(folder, "") for folder in _UNIT_FOLDERS] + [(home + _OWN_UNITS, user) for user, home in homes()]
    for folder, user in folders:
        for name in listed(folder):
            if not name.endswith((".service", ".timer", ".socket", ".path")) or len(seen) > _MAX_UNITS:
                continue
            budget.check()
            path = f"{folder}/{name}"
            facts = facts_of(path)
            if facts.get("is_link") and os.path.realpath(path) == "/dev/null":
                continue
            seen.add(name)
            text = text_of(path, 1 << 16, follow=True)
            yield {
                "name": name,
                "path": path,
                "user": user,
                "enabled": name in wanted,
                "runs": [f"{key}={value.strip()}"[:500] for key, value in _RUNS.findall(text)][:10],
                **_told(path, facts),
                "odd_lines": odd_lines(text),
            }


def _wanted() -> set[str]:
    found = set()
    for folder in ("/etc/systemd/system", "/usr/lib/systemd/system"):
        for name in listed(folder):
            if name.endswith((".wants", ".requires")):
                found.update(listed(f"{folder}/{name}"))
    return found


def scheduled(budget: Budget) -> Iterator[dict[str, Any]]:
    """Lines of crontabs, scripts of cron's folders, jobs of at."""
    files = [(path, "") for path in _CRON_FILES]
    files += [
        (f"{folder}/{name}", name if "spool" in folder else "") for folder in _CRON_FOLDERS for name in listed(folder)
    ]
    for path, user in files:
        for line in text_of(path).splitlines():
            budget.check()
            found = _CRON_LINE.match(line.strip())
            if found and line.strip()[0] != "#" and "=" not in line.split(" ")[0]:
                what = found.group(2)[:_MAX_TEXT]
                yield {
                    "path": path,
                    "user": user,
                    "when": found.group(1).strip(),
                    "runs": what,
                    "odd_lines": odd_lines(what),
                }
    for folder in (*_CRON_SCRIPTS, "/var/spool/at", "/var/spool/cron/atjobs"):
        for name in listed(folder):
            path = f"{folder}/{name}"
            facts = facts_of(path)
            if facts.get("is_regular") and name != ".placeholder":
                text = text_of(path, 1 << 16)
                yield {
                    "path": path,
                    "when": folder.rpartition("/")[2],
                    "runs": path,
                    **_told(path, facts),
                    "odd_lines": odd_lines(text),
                }


def _told(path: str, facts: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: facts[name] for name in ("size", "mode", "uid", "modified") if name in facts}
    return {**kept, **hash_of(path, follow=True)} if facts else {}


def _shortened(lines: list[str]) -> str:
    return "\n".join(lines)[:_MAX_TEXT]
