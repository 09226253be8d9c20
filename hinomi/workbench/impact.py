"""Whom an activity touches: entities out of its fields. No name of a machine, a service or nobody is an account."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from hinomi.schema.detection import Detection
from hinomi.schema.entity import Entity, EntityType
from hinomi.workbench.highlights import whole

MAX_IPS = 16
MAX_NAME = 256  # characters; Windows allows 256 for a whole account name

# (user field, domain field); lists are read side by side
_ACCOUNT_FIELDS = (
    ("processUser", "processUserDomain"),
    ("objectUser", "objectUserDomain"),
    ("logonUser", "userDomain"),
    ("eventDataTargetUserName", "eventDataTargetDomainName"),
    ("eventDataSubjectUserName", "eventDataSubjectDomainName"),
)
_TARGET_FIELDS = frozenset({"objectUser", "eventDataTargetUserName"})

# Security events whose target is a group, not an account.
# Source: Microsoft Learn, "Audit Security Group Management" and "Audit Distribution Group Management"
_GROUP_EVENTS = frozenset({*range(4727, 4736), 4737, *range(4744, 4763), 4764, 4799})

_NOBODY = frozenset({"", "-", ".", "n/a", "unknown", "null", "(null)"})
# The contract's list, and how Windows spells it in other languages and in a service's account.
_BUILT_IN = frozenset(
    {
        "system", "local system", "localsystem", "système", "sistema", "local service", "localservice", "lokaler dienst",
        "network service", "networkservice", "netzwerkdienst", "anonymous logon", "anonymous-anmeldung", "iusr",
    }
)  # fmt: skip
_BUILT_IN_DOMAINS = frozenset(
    {
        "nt authority", "nt service", "nt-autorität", "autorite nt", "builtin", "window manager",
        "font driver host", "iis apppool", "nt virtual machine",
    }
)  # fmt: skip
_WINDOW_ACCOUNT = re.compile(r"(dwm|umfd)-[0-9]+")
_BUILT_IN_SID = re.compile(r"s-1-(0-0|1-0|5-(7|18|19|20)|5-80-.*|5-9[06]-.*)")


def entities_of(detection: Detection) -> list[Entity]:
    """The endpoint first, then the accounts, each once."""
    found: list[Entity] = []
    if detection.endpoint_guid:
        name = _shorten(detection.endpoint_name or detection.endpoint_guid)
        found.append(Entity(EntityType.HOST, detection.endpoint_guid, name, _ips(detection.activity)))
    found += [Entity(EntityType.ACCOUNT, account, account) for account in accounts_of(detection.activity)]
    return found


def accounts_of(activity: Mapping[str, Any]) -> list[str]:
    """Account ids (`domain\\user`, lower case) in the order of the fields, each account by its best name once.

    `user` beside `corp\\user` is the latter, and so is `corp.test\\user`: the short name is the first part of the long.
    """
    found = [account for user, domain in _named(activity) if (account := account_id(user, domain))]
    full = {account.rpartition("\\")[2] for account in found if "\\" in account}
    named = dict.fromkeys(account for account in found if "\\" in account or account not in full)
    return [account for account in named if _short(account) == account or _short(account) not in named]


def _short(account: str) -> str:
    """The account with the first part of its domain: `corp.test\\taro` is `corp\\taro`."""
    domain, slash, user = account.rpartition("\\")
    return f"{domain.split('.')[0]}{slash}{user}"


@lru_cache(maxsize=8192)  # the same few accounts stand in most activities
def account_id(user: str, domain: str) -> str | None:
    """`domain\\user` in lower case, or `user` where no domain is known; None when it is no account of a person."""
    user, domain = _split(_shorten(user).strip().lower(), _shorten(domain).strip().lower())
    if user in _NOBODY or user in _BUILT_IN or domain in _BUILT_IN_DOMAINS or user.endswith("$"):
        return None
    if _WINDOW_ACCOUNT.fullmatch(user) or _BUILT_IN_SID.fullmatch(user):
        return None
    return user if domain in _NOBODY else f"{domain}\\{user}"


def _split(user: str, domain: str) -> tuple[str, str]:
    """Names that carry their domain themselves: `domain\\user` and `user@domain`."""
    before, slash, after = user.partition("\\")
    if slash:
        return after, before
    before, at, after = user.partition("@")
    if at and before and after:
        return before, after if domain in _NOBODY else domain
    return user, domain


def _named(activity: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    is_group_event = activity.get("winEventId") in _GROUP_EVENTS
    for user_field, domain_field in _ACCOUNT_FIELDS:
        if is_group_event and user_field in _TARGET_FIELDS:
            continue
        named = activity.get(user_field)
        if named is None:
            continue
        if isinstance(named, str):
            domain = activity.get(domain_field)
            yield named, domain if isinstance(domain, str) else next(iter(_texts(domain)), "")
            continue
        users, domains = _texts(named), _texts(activity.get(domain_field))
        for index, user in enumerate(users):
            yield user, domains[index] if index < len(domains) else ""


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [one for one in values[:MAX_IPS] if isinstance(one, str)]


def _ips(activity: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted({_shorten(address) for address in _texts(activity.get("endpointIp")) if address}))


def _shorten(text: str) -> str:
    return whole(text[:MAX_NAME])
