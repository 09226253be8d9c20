import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.response.block_object import TYPES, ObjectRefused, normal_object, normal_value


@pytest.mark.parametrize(
    ("type_", "value", "normal"),
    [
        ("fileSha1", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("ip", " 192.0.2.1 ", "192.0.2.1"),
        ("ip", "2001:DB8:0::1", "2001:db8::1"),
        ("domain", "Bad.Example.", "bad.example"),
        ("domain", "例え.example", "xn--r8jz45g.example"),
        ("url", "HTTPS://Bad.Example:8443/A?b#c", "https://bad.example:8443/A?b"),
        ("url", "http://user:pass@bad.example/", "http://bad.example/"),
        ("senderMailAddress", "Someone@Bad.Example", "someone@bad.example"),
    ],
)
def test_each_type_has_one_spelling(type_: str, value: str, normal: str) -> None:
    assert normal_value(type_, value) == normal


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("fileSha1", "da39"), ("fileSha256", "g" * 64), ("ip", "192.0.2.0/24"), ("ip", "127.0.0.1"), ("ip", "0.0.0.0"),
        ("ip", "224.0.0.1"), ("domain", "*.example"), ("domain", "localhost"), ("domain", "-a.example"),
        ("domain", "bad.example\n*.com CNAME ."), ("url", "file:///etc/passwd"), ("url", "https://[bad/"),
        ("url", "https://bad.example:99999/"), ("senderMailAddress", "nobody"), ("regkey", "x"), ("ip", ""),
        ("ip", "fe80::1%eth0\0"),
    ],
)  # fmt: skip
def test_what_cannot_be_blocked_is_refused_in_both_languages(type_: str, value: str) -> None:
    with pytest.raises(ObjectRefused) as refusal:
        normal_value(type_, value)
    assert all(refusal.value.details["text"].values())


@given(st.sampled_from(TYPES), st.text(max_size=300))
def test_a_normal_value_is_its_own_normal_value_and_one_line(type_: str, value: str) -> None:
    try:
        normal = normal_value(type_, value)
    except ObjectRefused:
        return
    assert normal_value(type_, normal) == normal
    assert len(normal.splitlines()) == 1


@pytest.mark.parametrize("wrong", [{"action": "drop"}, {"risk": "vast"}, {"expires_ms": 5}, {"expires_ms": True}])
def test_the_rest_is_checked_too(wrong: dict[str, object]) -> None:
    with pytest.raises(ObjectRefused):
        normal_object({"type": "ip", "value": "192.0.2.1"} | wrong, now_ms=10)
