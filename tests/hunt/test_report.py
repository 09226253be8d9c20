"""Reports: broken indicators read, false friends kept out, any text borne."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.attack.catalogue import load_attack
from hinomi.errors import InputError
from hinomi.hunt import report as reading
from hinomi.hunt.report import Indicator, read_report

ATTACK = load_attack()
SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"


def read(text: str, *own: str) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in read_report(text, ATTACK, own).indicators]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("evil[.]test-zone[.]ru", [("domain", "evil.test-zone.ru")]),
        ("C2 was evil(dot)host-a[dot]xyz.", [("domain", "evil.host-a.xyz")]),
        ("Evil{.}Odd", [("domain", "evil.odd")]),
        ("plain bad-place.top, and more", [("domain", "bad-place.top")]),
        ("198.51.100[.]7", [("ip", "198.51.100.7")]),
        ("from 45.33.32.156:443", [("ip", "45.33.32.156")]),
        ("2606:4700:4700::1111", [("ip", "2606:4700:4700::1111")]),
        ("hxxp://203.0.113[.]9:8080/x", [("url", "http://203.0.113.9:8080/x"), ("ip", "203.0.113.9")]),
        ("hxxps[:]//a.bad[.]cc/p?q=1).", [("url", "https://a.bad.cc/p?q=1"), ("domain", "a.bad.cc")]),
        ("(http://odd.club/a_(b))", [("url", "http://odd.club/a_(b)"), ("domain", "odd.club")]),
        ("fxp://x[.]ru/f", [("url", "ftp://x.ru/f"), ("domain", "x.ru")]),
        ("Bad.Guy[@]mail-a[.]com", [("mail", "bad.guy@mail-a.com")]),
        ("who(at)mail-b.com", [("mail", "who@mail-b.com")]),
        (SHA256.upper(), [("sha256", SHA256)]),
        (f"SHA1:{SHA256[:40]}", [("sha1", SHA256[:40])]),
        (f"MD5＝{SHA256[:32]}。", [("md5", SHA256[:32])]),
        ("通信先は bad-jp.com。次に", [("domain", "bad-jp.com")]),
        ("example[.]com", [("domain", "example.com")]),
    ],
)
def test_indicators_are_read_however_they_are_broken(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Windows 10.0.19041.1 and version 1.2.3.4, v5.6.7.8, build 9.8.7.6, バージョン 1.2.3.4",
        "OID 1.3.6.1.4.1, 1.2.3.4.5",
        "10.1.2.3, 192.168[.]1.1, 127.0.0.1, fe80::1, ::1, 169.254.1.1, 203.0.113.0/24",
        "update.exe run.py setup.sh README.md kernel32.dll a.so System.Net ASP.NET Node.js e.g. i.e. U.S.",
        "C:\\Users\\a.com\\b and /usr/lib/b.com/x",
        "https://attack.mitre.org/techniques/T1003 www.virustotal.com https://github.com/a/b",
        "d41d8cd98f00b204e9800998ecf8427e " + "0" * 64 + " " + "1234567890" * 4,
        "commit 3395856ce81f2b7382dee72602f798b642f14140",
        "2f49ad74-1416-5402-a240-26b71fd222ab 12:30:45 std::dec 00:11:22:33:44:55",
        "server.local dc1.corp printer",
    ],
)
def test_false_friends_are_kept_out(text: str) -> None:
    assert read(text) == []


def test_ones_own_domains_are_kept_out_broken_or_not() -> None:
    text = "www.own-a.co.jp, own-a[.]co[.]jp, hxxp://x.own-a[.]co.jp/a, me@own-a.co.jp, notown-a.com"
    assert read(text, "own-a.co.jp") == [("domain", "notown-a.com")]


def test_each_once_as_first_written_in_the_order_of_the_text() -> None:
    found = read_report("b[.]ru then a[.]ru then B.ru", ATTACK).indicators
    assert found == (Indicator("domain", "b.ru", "b[.]ru"), Indicator("domain", "a.ru", "a[.]ru"))


def test_techniques_in_any_spelling_and_only_those_there_are() -> None:
    text = "T1003.002, t1059-001, https://attack.mitre.org/techniques/T1566/001/, T9999, XT1003, T10035"
    assert read_report(text, ATTACK).techniques == ("T1003.002", "T1059.001", "T1566.001")


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_TEXT", 100)
    monkeypatch.setattr(reading, "MAX_INDICATORS", 3)
    with pytest.raises(InputError):
        read("x" * 101)
    assert len(read(" ".join(f"a{number}[.]ru" for number in range(9)))) == 3


def _broken(value: str, dots: list[str]) -> str:
    parts = value.split(".")
    return parts[0] + "".join(dot + part for dot, part in zip(dots, parts[1:], strict=False))


_DOTS = st.lists(st.sampled_from(["[.]", "(.)", "{.}", "[dot]", "(dot)", "[DOT]", "\\."]), min_size=8, max_size=8)
_LABELS = st.from_regex(r"[a-z][a-z0-9]{1,8}", fullmatch=True)
_DOMAINS = st.tuples(_LABELS, st.sampled_from(["ru", "top", "com", "xyz"])).map(lambda pair: f"zq{pair[0]}.{pair[1]}")
_ADDRESSES = st.tuples(*[st.integers(1, 254)] * 3).map(lambda rest: "45." + ".".join(map(str, rest)))
_AROUND = st.text(st.sampled_from(" \n\t,;。、「」"), min_size=1, max_size=4)


@given(st.lists(st.tuples(st.one_of(_DOMAINS, _ADDRESSES), _DOTS, _AROUND), min_size=1, max_size=8))
def test_every_broken_indicator_is_found_and_no_other(given_: list[tuple[str, list[str], str]]) -> None:
    text = "".join(f"{around}{_broken(value, dots)}{around}" for value, dots, around in given_)
    assert {value for _, value in read(text)} == {value for value, _, _ in given_}


_PIECES = [
    "[.]",
    "hxxp",
    "://",
    "@",
    "[at]",
    ".",
    "/",
    "T1003",
    ":",
    "::",
    "\\",
    "a",
    "1",
    "255",
    "[",
    ")",
    "\0",
    "\ud800",
]


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=60).map("".join)))
def test_any_text_is_borne(text: str) -> None:
    for one in read_report(text, ATTACK).indicators:
        assert one.value
        assert "[.]" not in one.value.partition("/")[0]
