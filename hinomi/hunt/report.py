"""A pasted report read: the indicators and ATT&CK techniques it names. In: text, hostile perhaps. Out: values as they are written
in telemetry. Nothing is looked up.

Reports break their indicators so that nobody clicks them (hxxp, [.], (dot), [at]): such are read. False friends are kept
out: version numbers, file names that end like domains, private addresses, one's own domains, and pages a report cites.
What a report has broken on purpose is meant, whatever it looks like.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from hinomi.attack.knowledge import Attack
from hinomi.errors import InputError
from hinomi.hunt.domain_ends import CITED, COUNTRIES, FILE_ENDS, GENERIC
from hinomi.hunt.own import is_private_address, is_private_name, read_address

MAX_TEXT = 2 << 20  # characters
MAX_INDICATORS = 100_000
MAX_TECHNIQUES = 500

SHA256, SHA1, MD5, ADDRESS, DOMAIN, URL, MAIL = "sha256", "sha1", "md5", "ip", "domain", "url", "mail"


@dataclass(frozen=True, slots=True)
class Indicator:
    """`value` in the form it has in telemetry; `as_written`: in the report, where it first stood."""

    kind: str
    value: str
    as_written: str


@dataclass(frozen=True, slots=True)
class Report:
    """In the order in which they are named, each once. Techniques are ids of the catalogue."""

    indicators: tuple[Indicator, ...]
    techniques: tuple[str, ...]


_DOT = r"(?:\[\.\]|\(\.\)|\{\.\}|\[\.|\.\]|\\\.|[\[({]dot[\])}]|\.)"
_AT = r"(?:@|[\[({](?:@|at)[\])}])"
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = rf"(?:{_LABEL}{_DOT}){{1,20}}[a-z][a-z0-9-]{{1,23}}"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_FLAGS = re.IGNORECASE | re.ASCII

_URL = re.compile(
    r"(?<![a-z0-9])(?P<scheme>h[tx]{2}ps?|ftp|fxp)(?P<mark>\[://\]|\[:\]//|:\[//\]|://|\[:\]\\{2})(?P<rest>[^\s<>\"'`|^]{3,2000})",
    _FLAGS,
)
_MAIL = re.compile(rf"(?<![a-z0-9._%+-])([a-z0-9._%+-]{{1,64}}){_AT}({_NAME})(?![a-z0-9-])", _FLAGS)
_IPV4 = re.compile(rf"(?<![0-9a-z._-]){_OCTET}(?:{_DOT}{_OCTET}){{3}}(?![0-9a-z_-]|\.[0-9]|/[0-9])", _FLAGS)
_IPV6 = re.compile(r"(?<![0-9a-z:._-])[23][0-9a-f]{3}(?:\[?::?\]?[0-9a-f]{0,4}){2,8}(?![0-9a-z:])", _FLAGS)
_DOMAIN = re.compile(rf"(?<![a-z0-9@._\\/%-]){_NAME}(?![a-z0-9_@\\(-]|\.[a-z0-9])", _FLAGS)
_HASH = re.compile(r"(?<![0-9a-z_-])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z_-])", _FLAGS)
_TECHNIQUE = re.compile(r"(?<![a-z0-9])T[0-9]{4}(?:[./-][0-9]{3})?(?![0-9])", _FLAGS)

_VERSION_BEFORE = re.compile(
    r"(?:\bv|version|versions|ver\.?|build|release|firmware|oid|バージョン|版数?|ビルド)[\s:=(]*$", re.IGNORECASE
)
_COMMIT_BEFORE = re.compile(r"(?:commit|revision|rev)[\s:=(]*$", re.IGNORECASE)
_BROKEN = re.compile(r"[\[\](){}\\]")
# of no bytes at all
_EMPTY = frozenset(
    {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "d41d8cd98f00b204e9800998ecf8427e",
    }
)
_BY_LENGTH = {64: SHA256, 40: SHA1, 32: MD5}
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}


def read_report(text: str, attack: Attack, own_domains: Collection[str] = ()) -> Report:
    """`own_domains`: in lower case; they and what is under them are no indicators. InputError for too long a text."""
    if len(text) > MAX_TEXT:
        raise InputError(f"the report has {len(text)} characters; at most {MAX_TEXT}")
    reader = _Reader(text, frozenset(own_domains))
    return Report(tuple(reader.read()), _techniques(text, attack))


def _techniques(text: str, attack: Attack) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in _TECHNIQUE.finditer(text):
        technique = attack.technique(match[0].upper().replace("/", "."))
        if technique is not None and len(found) < MAX_TECHNIQUES:
            found[technique.id] = None
    return tuple(found)


class _Reader:
    """Looks for one kind after the other; what a longer kind has taken is blanked for the next."""

    def __init__(self, text: str, own: frozenset[str]) -> None:
        self._text, self._own = text, own
        self._found: dict[tuple[str, str], tuple[int, str]] = {}

    def read(self) -> Iterator[Indicator]:
        self._take(_URL, self._url)
        self._take(_MAIL, self._mail)
        self._take(_HASH, self._hash)
        self._take(_IPV4, self._ipv4)
        self._take(_IPV6, self._ipv6)
        self._take(_DOMAIN, self._domain)
        ordered = sorted(self._found.items(), key=lambda one: one[1])
        for (kind, value), (_, written) in ordered[:MAX_INDICATORS]:
            yield Indicator(kind, value, written)

    def _take(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], None]) -> None:
        taken: list[str] = []
        end = 0
        for match in pattern.finditer(self._text):
            read(match)
            taken += [self._text[end : match.start()], " " * (match.end() - match.start())]
            end = match.end()
        if taken:
            self._text = "".join([*taken, self._text[end:]])

    def _add(self, kind: str, value: str, at: int, written: str) -> None:
        self._found.setdefault((kind, value), (at, written[:500]))

    def _before(self, match: re.Match[str]) -> str:
        return self._text[max(0, match.start() - 16) : match.start()]

    # ---- one kind each ----------------------------------------------------------------------------------------------
    def _url(self, match: re.Match[str]) -> None:
        rest = _trimmed(match["rest"])
        authority, slash, path = re.sub(r"[\[({]/[\])}]", "/", rest).partition("/")
        host = _whole(authority.rpartition("@")[2]).lower()
        name, colon, port = host.partition(":")
        broken = match["scheme"].lower() in ("hxxp", "hxxps", "fxp") or match["mark"] != "://" or _is_broken(authority)
        written = match[0][: match.start("rest") - match.start()] + rest
        if not self._host(name, match.start(), written, is_broken=broken):
            return
        scheme = match["scheme"].lower().replace("x", "t").replace("ftt", "ft")
        value = f"{'ftp' if scheme.startswith('f') else scheme}://{name}{colon}{port}{slash}{_whole(path)}"
        self._add(URL, value, match.start(), written)

    def _host(self, name: str, at: int, written: str, *, is_broken: bool) -> bool:
        """The host of an URL is an indicator too. False when it is nobody's, one's own, or only cited."""
        if read_address(name) is not None:
            if is_private_address(name):
                return False
            self._add(ADDRESS, str(read_address(name)), at + 1, written)
            return True
        if "." not in name or not re.fullmatch(_NAME, name, _FLAGS) or self._is_own(name):
            return False
        if not is_broken and _is_cited(name):
            return False
        self._add(DOMAIN, name, at + 1, written)
        return True

    def _mail(self, match: re.Match[str]) -> None:
        name = _whole(match[2]).lower()
        if not self._is_own(name) and (_is_broken(match[0]) or _is_domain(name)):
            self._add(MAIL, f"{match[1].lower()}@{name}", match.start(), match[0])

    def _hash(self, match: re.Match[str]) -> None:
        value = match[0].lower()
        is_plain = value.isdecimal() or len(set(value)) < 4 or value in _EMPTY
        if not is_plain and not _COMMIT_BEFORE.search(self._before(match)):
            self._add(_BY_LENGTH[len(value)], value, match.start(), match[0])

    def _ipv4(self, match: re.Match[str]) -> None:
        value = _whole(match[0])
        is_version = not _is_broken(match[0]) and _VERSION_BEFORE.search(self._before(match))
        if not is_version and not is_private_address(value):
            self._add(ADDRESS, value, match.start(), match[0])

    def _ipv6(self, match: re.Match[str]) -> None:
        address = read_address(match[0].replace("[", "").replace("]", ""))
        if address is not None and not is_private_address(str(address)):
            self._add(ADDRESS, str(address), match.start(), match[0])

    def _domain(self, match: re.Match[str]) -> None:
        name = _whole(match[0]).lower()
        if self._is_own(name):
            return
        # System.Net and ASP.NET are no domains; those of reports are written small
        is_meant = _is_broken(match[0]) or (match[0].rpartition(".")[2].islower() and _is_domain(name))
        if is_meant and (_is_broken(match[0]) or not _is_cited(name)):
            self._add(DOMAIN, name, match.start(), match[0])

    def _is_own(self, name: str) -> bool:
        if is_private_name(name):
            return True
        parts = name.split(".")
        return any(".".join(parts[start:]) in self._own for start in range(len(parts)))


def _is_broken(written: str) -> bool:
    return _BROKEN.search(written) is not None or "dot" in re.findall(r"[\[({](dot)[\])}]", written.lower())


def _whole(written: str) -> str:
    return re.sub(_DOT, ".", written, flags=_FLAGS)


def _is_domain(name: str) -> bool:
    end = name.rpartition(".")[2]
    return (end in GENERIC or end in COUNTRIES) and end not in FILE_ENDS


def _is_cited(name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[start:]) in CITED for start in range(len(parts) - 1))


def _trimmed(rest: str) -> str:
    """Without what belongs to the sentence: full stops, and closing brackets that were opened before it."""
    while rest:
        last = rest[-1]
        if last in ".,;:!?\u3001\u3002\uff0c\u300d\u300f\u3011" or (
            last in _PAIRS and rest.count(last) > rest.count(_PAIRS[last])
        ):
            rest = rest[:-1]
        else:
            break
    return rest
