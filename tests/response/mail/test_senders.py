"""Whose letter it is, whatever its head is made to look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.response.mail.senders import MAX_ADDRESSES, MAX_HEADER, senders_of

BAD, GOOD = "bad@evil.example", "good@corp.example"


@pytest.mark.parametrize(
    "head",
    [
        "From: bad@evil.example",
        "FROM:BAD@EVIL.EXAMPLE",
        "From : bad@evil.example",
        "From: Anna <bad@evil.example>",
        'From: "Anna, of Sales" <bad@evil.example>',
        'From: "Anna \\" <x@y.example>" <bad@evil.example>',
        "From: (a comment (nested) here) bad@evil.example (good@corp.example)",
        "From: Anna <bad(comment)@evil.example>",
        'From: "bad"@evil.example',
        'From: "b\\ad"@evil.example',
        "From: bad @ evil.example",
        "From: Anna\r\n <bad@evil.example>",
        "From: Anna <bad@\r\n\tevil.example>",
        "From: bad@evil.example.",
        "From: <@relay.example,@other.example:bad@evil.example>",
        "From: Friends: bad@evil.example, Ben <bad@evil.example>;",
        "From: Anna <bad@evil.example",
        'From: "Anna <bad@evil.example>',
        "From: =?utf-8?q?Anna?= <bad@evil.example>",
        "From: =?utf-8?q?bad=40evil.example?=",
        "Sender: bad@evil.example",
        "Return-Path: <bad@evil.example>",
        "this is no header\r\nFrom: bad@evil.example",
        "From: \x00bad@evil.example",
    ],
)
def test_an_address_in_every_dress(head: str) -> None:
    assert senders_of(head.encode() + b"\r\n\r\nFrom: body@text.example") == {BAD}


@pytest.mark.parametrize(
    "head",
    [
        'From: "bad@evil.example" <good@corp.example>',
        "From: bad@evil.example <good@corp.example>",
        "From: =?utf-8?q?bad=40evil.example?= <good@corp.example>",
        "From: =?utf-8?b?YmFkQGV2aWwuZXhhbXBsZQ==?= <good@corp.example>",
        "From: good@corp.example (bad@evil.example)",
        "From: (<bad@evil.example>) good@corp.example",
        "From: bad@evil.example: good@corp.example;",
        'From: "<bad@evil.example>" <good@corp.example>',
        "From: good@corp.example\r\nReply-To: bad@evil.example\r\nX-From: bad@evil.example",
        "From: good@corp.example\r\nSubject: x\r\n From: bad@evil.example",
        "From: good@corp.example\r\n\r\nFrom: bad@evil.example",
        "From bad@evil.example Mon Nov 16 09:00:00 2026\r\nFrom: good@corp.example",
    ],
)
def test_a_name_that_looks_like_an_address_is_none(head: str) -> None:
    assert senders_of(head.encode()) == {GOOD}


def test_every_from_counts() -> None:
    head = b"From: good@corp.example\r\nFrom: bad@evil.example\r\nSender: third@corp.example\r\nReturn-Path: <>\r\n"
    assert senders_of(head) == {GOOD, BAD, "third@corp.example"}
    assert senders_of(b"From: Anna <good@corp.example>, bad@evil.example") == {GOOD, BAD}


@pytest.mark.parametrize("domain", ["例え.example", "xn--r8jz45g.example", "XN--R8JZ45G.Example", "例え。example"])
def test_a_domain_in_any_script_has_one_spelling(domain: str) -> None:
    assert senders_of(f"From: Anna <bad@{domain}>".encode()) == {"bad@xn--r8jz45g.example"}


@pytest.mark.parametrize(
    "text", ["", "<>", "bad", "@evil.example", "bad@", "bad@evil", "bad@[192.0.2.1]", "a@b@evil.example"]
)
def test_what_is_no_address_is_left_out(text: str) -> None:
    assert senders_of(f"From: {text}".encode()) == frozenset()


@pytest.mark.parametrize(
    "piece", ["(", '"\\', '\\"', "<", '"', '(("', "<@a,", "@a,", ">", "=?a?q?b?= ", "a@b.example,", ",;:"]
)
def test_what_repeats_without_end_is_read_at_once(piece: str) -> None:
    assert len(senders_of(b"From: " + (piece * MAX_HEADER).encode())) <= MAX_ADDRESSES


_LOCAL = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}", fullmatch=True)
_DOMAIN = st.from_regex(r"[a-z0-9]{1,12}\.(example|test)", fullmatch=True)
_NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)


@given(local=_LOCAL, domain=_DOMAIN, name=_NAME, upper=st.booleans(), folded=st.booleans())
def test_how_it_is_written_makes_no_difference(local: str, domain: str, name: str, upper: bool, folded: bool) -> None:
    """Quoted, the name may hold anything; the address comes out whatever case and folding it has."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    written = f"{local}@{domain}".upper() if upper else f"{local}@{domain}"
    between = "\r\n\t" if folded else " "
    assert senders_of(f'From: "{quoted}"{between}<{written}>\r\n'.encode()) == {f"{local}@{domain}"}
    assert senders_of(f"From: {written}{between}\r\n".encode()) == {f"{local}@{domain}"}


@given(name=_NAME)
def test_no_quoted_name_is_ever_an_address(name: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    assert senders_of(f'From: "{quoted} bad@evil.example" <good@corp.example>'.encode()) == {GOOD}


@given(st.one_of(st.binary(max_size=400), st.text(alphabet='<>()",;:@\\ \r\n\tab.=?q', max_size=80).map(str.encode)))
def test_no_bytes_break_it(raw: bytes) -> None:
    for prefix in (b"From: ", b"Sender:", b""):
        assert all("@" in one and one == one.lower() for one in senders_of(prefix + raw))
