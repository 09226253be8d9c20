import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.response.mail.message import MAX_PARTS, as_message_id, read_letter
from tests.make_mail import SAMPLE, letter


def test_what_a_letter_says() -> None:
    found = read_letter(letter())
    assert (found.subject, found.sender) == ("請求書のご確認", "mallory@example.net")
    assert [one.sha256 for one in found.attachments] == [hashlib.sha256(SAMPLE).hexdigest()]


@pytest.mark.parametrize("text", ["", "<>", "<a b>", '<a"b>', "<a\r\nX: y>", "<" + "a" * 2000 + ">", "<a>\n<b>"])
def test_what_is_no_message_id(text: str) -> None:
    assert as_message_id(text) == ""


def test_a_message_id_has_one_spelling() -> None:
    assert as_message_id(" a@b ") == as_message_id("<a@b>") == "<a@b>"


def test_a_nest_of_parts_is_bounded() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    assert read_letter(b"Subject: deep\n" + deep + b"\nx").sha256
    wide = b"Subject: wide\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: a/b\n\nx\n" * 2000
    assert len(read_letter(wide).attachments) < MAX_PARTS


def test_a_subject_that_turns_text_round_is_plain() -> None:
    raw = "Subject: invoice\u202egpj.exe\r\n\tmore\x00\r\n\r\nx".encode()
    assert "\u202e" not in read_letter(raw).subject
    assert "\0" not in read_letter(raw).subject


@given(st.one_of(st.binary(max_size=600), st.text(max_size=300).map(lambda text: text.encode(errors="replace"))))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    read_letter(raw)
    read_letter(
        b"Subject: =?utf-8?B?" + raw + b"?=\nContent-Type: multipart/mixed; boundary=" + raw[:20] + b"\n\n" + raw
    )
