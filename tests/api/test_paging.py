import pytest
from fastapi import Request

from hinomi.api.paging import next_link, page, read_top, same_filter, seal, unseal
from hinomi.errors import InputError

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (None, 50),
        ("", 50),
        ("7", 7),
        (" 7 ", 7),
        ("10000", 200),
        ("0", 50),
        ("-1", 50),
        ("many", 50),
        ("9" * 40, 200),
        ("٧", 50),
    ],
)
def test_top_is_read_leniently_and_capped(sent: str | None, expected: int) -> None:
    assert read_top(sent, 50, 200) == expected


def test_a_token_comes_back_as_it_was_sealed() -> None:
    state = {"filter": "model eq 'ä'", "at": [1, "x"], "none": None}
    assert unseal(KEY, "r", seal(KEY, "r", state)) == state


@pytest.mark.parametrize(
    "token", ["", "x", "!", "ä", seal(KEY, "other", {}), seal(b"x" * 32, "r", {}), seal(KEY, "r", {})[:-2] + "AA"]
)
def test_a_token_of_another_hand_is_refused(token: str) -> None:
    with pytest.raises(InputError, match="skipToken"):
        unseal(KEY, "r", token)


def request(query: str, **headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/v3.0/x",
            "query_string": query.encode(),
            "headers": sent,
            "server": ("10.0.0.1", 80),
        }
    )


def test_the_next_link_is_absolute_at_the_host_the_client_sees() -> None:
    sent = request("top=10&skipToken=old&orderBy=score+desc", host="xdr.example:8420")
    assert next_link(sent, "a=b") == "http://xdr.example:8420/v3.0/x?top=10&orderBy=score+desc&skipToken=a%3Db"
    relayed = request("", host="inside", x_forwarded_host="outside.example, inside", x_forwarded_proto="https")
    assert next_link(relayed, "t", "nextBatchToken") == "https://outside.example/v3.0/x?nextBatchToken=t"


def test_the_last_page_has_no_next_link_at_all() -> None:
    assert page([1], None, 1) == {"totalCount": 1, "count": 1, "items": [1]}
    assert page([], None) == {"items": []}


def test_a_later_page_may_repeat_the_filter_but_not_change_it() -> None:
    assert same_filter(None, "a") == same_filter(" a ", "a") == "a"
    with pytest.raises(InputError, match="differs"):
        same_filter("b", "a")
