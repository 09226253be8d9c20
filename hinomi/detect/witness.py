"""Witnesses: predicates of which at least one holds whenever a condition holds. In: a condition. Out: the rarest such set.

AND: the cheapest part's; OR: those of all parts; NOT, null and the like have none. What is common makes a poor witness:
cost is the number of typical values that a predicate meets, and short texts are dearer than long ones.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from hinomi.detect.condition import And, Constant, Node, Or
from hinomi.detect.predicate import ANY_CHARACTER, ANY_TEXT, Operator, Predicate, test_of
from hinomi.detect.regex_literals import required_literals

Witnesses = tuple[Predicate, ...]
Cost = Callable[[Predicate], float]

# What every Windows host records all day. A predicate that meets these singles out nothing. (Our own choice of plain facts.)
TYPICAL = (
    r"C:\Windows\System32\svchost.exe",
    r"C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule",
    r"C:\Windows\System32\cmd.exe",
    r'"C:\Windows\System32\cmd.exe" /c whoami',
    r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
    r'"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -ExecutionPolicy Bypass -Command Get-Process',
    r"C:\Windows\SysWOW64\WindowsPowerShell\v1.0\powershell.exe -NoProfile -File C:\Users\user\a.ps1",
    r"C:\Windows\explorer.exe",
    r"C:\Windows\System32\services.exe",
    r"C:\Windows\System32\lsass.exe",
    r"C:\Windows\System32\wbem\WmiPrvSE.exe",
    r"C:\Windows\System32\rundll32.exe",
    r"C:\Windows\System32\conhost.exe 0xffffffff -ForceV1",
    r"C:\Windows\System32\reg.exe",
    r"C:\Windows\System32\taskhostw.exe",
    r"C:\Windows\System32\ntdll.dll",
    r"C:\Windows\System32\kernel32.dll",
    r"C:\Windows\Temp\x.tmp",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe --type=renderer",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe",
    r"C:\Users\user\AppData\Local\Temp\file.tmp",
    r"C:\Users\user\AppData\Local\Microsoft\OneDrive\OneDrive.exe",
    r"C:\Users\user\Downloads\setup.exe",
    r"HKLM\System\CurrentControlSet\Services\bam\State\UserSettings",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer",
    r"HKU\S-1-5-21-1-1-1-1001\Software\Microsoft\Windows\CurrentVersion\Run",
    r"NT AUTHORITY\SYSTEM",
    "SYSTEM",
    "System",
    "PowerShell.EXE",
    "Cmd.Exe",
    "Microsoft Corporation",
    "Microsoft Windows",
    "Microsoft\u00ae Windows\u00ae Operating System",
    "Windows PowerShell",
    "127.0.0.1",
    "10.0.0.5",
    "443",
    "80",
    "53",
    "445",
    "3",
    "0",
    "0x0",
    "1",
    "2",
    "4",
    "true",
    "false",
    "tcp",
    "-",
    "",
    "S-1-5-18",
    "PC-1.example.local",
    "PC-1$",
    "DWORD (0x00000001)",
    "Security",
    "Kerberos",
    "%%1936",
)

NO_WITNESS = 1e9
_PER_TYPICAL = 100.0  # a typical value costs as much as a hundred odd ones
_PER_SHORTNESS = 20.0  # a text of one letter costs this much, of two letters half
_PER_TEST = 2.0  # what has no text is asked value by value


def witnesses(node: Node, cost: Cost) -> tuple[Witnesses, float]:
    """The cheapest set and its cost; ((), NO_WITNESS) where there is none."""
    if isinstance(node, Predicate):
        stand_ins = positive(node)
        return (stand_ins, sum(map(cost, stand_ins))) if stand_ins else ((), NO_WITNESS)
    if isinstance(node, And):
        return min((witnesses(part, cost) for part in node.parts), key=lambda found: found[1])
    if isinstance(node, Or):
        parts = [witnesses(part, cost) for part in node.parts]
        if any(price >= NO_WITNESS for _, price in parts):
            return (), NO_WITNESS
        union = dict.fromkeys(one for found, _ in parts for one in found)
        return tuple(union), sum(price for _, price in parts)
    if node == Constant(value=False):
        return (), 0.0
    return (), NO_WITNESS


@lru_cache(maxsize=65_536)
def positive(predicate: Predicate) -> Witnesses:
    """What can be looked for in the predicate's stead: any value that meets it meets one of these. () for none."""
    if predicate.field is None:
        return _keyword(predicate)
    if predicate.operator in _UNSEEN or (predicate.operator is Operator.EXISTS and not predicate.value):
        return ()
    if predicate.operator is Operator.REGEX:
        literals = required_literals(*predicate.value)
        if literals and min(map(len, literals)) >= SHORTEST:
            return tuple(Predicate(predicate.field, Operator.CONTAINS, one) for one in literals)
    if predicate.operator is Operator.GLOB:
        return (_glob(predicate),)
    return (predicate,)


_UNSEEN = (Operator.NULL, Operator.FIELD)
SHORTEST = 3  # letters; shorter parts of regular expressions are everywhere


def _glob(predicate: Predicate) -> Predicate:
    """The longest text of the pattern; the pattern itself where all its texts are short."""
    texts = [part for part in predicate.value if isinstance(part, str)]
    longest = max(texts, key=len, default="")
    if len(longest) < SHORTEST:
        return predicate
    return Predicate(predicate.field, Operator.CONTAINS, longest)


# ---- keywords: looked for in the record's JSON text, where some letters may be escaped ----
# A writer may escape what it need not: then the letters of the text say nothing.
_ESCAPED = Predicate(None, Operator.CONTAINS, "\\u00")
_PLAIN = re.compile(r"[A-Za-z0-9 _.:;,=()@#$%!-]+")


def _keyword(predicate: Predicate) -> Witnesses:
    """A stretch of the keyword that JSON never escapes and numbers never rewrite; () where it has none."""
    texts: Iterable[str]
    if predicate.operator is Operator.REGEX:
        texts = required_literals(*predicate.value)
        if len(list(texts)) != 1:
            return ()
    elif predicate.operator is Operator.GLOB:
        texts = [part for part in predicate.value if part not in (ANY_TEXT, ANY_CHARACTER)]
    elif isinstance(predicate.value, str):
        texts = [predicate.value]
    else:
        return ()
    stretches = [stretch for text in texts for stretch in _PLAIN.findall(text) if re.search("[A-Za-z]", stretch)]
    longest = max(stretches, key=len, default="")
    return (Predicate(None, Operator.CONTAINS, longest), _ESCAPED) if len(longest) >= SHORTEST else ()


# ---- cost ----
@lru_cache(maxsize=65_536)
def usual_cost(predicate: Predicate) -> float:
    """The cost of looking for the predicate on an ordinary Windows host."""
    test = test_of(predicate)
    met = sum(1 for value in TYPICAL if test(value))
    if isinstance(predicate.value, str) and predicate.operator is not Operator.CIDR:
        shortness = _PER_SHORTNESS / (len(predicate.value) + 1)
        return met * _PER_TYPICAL + (1.0 if predicate.operator is Operator.EQUALS else shortness)
    return met * _PER_TYPICAL + _PER_TEST
