"""Offers of packages: what is signed holds, whatever else is said does not."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.wire.message import Update
from hinomi.wire.update import (
    MAX_PACKAGE_BYTES,
    PackageInfo,
    check_offer,
    is_newer,
    read_manifest,
    sign_package,
    this_platform,
    write_manifest,
)

HERE = PackageInfo("1.2.3", "linux-x86_64-py3.11")
KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()
OFFER = sign_package(KEY, Update("1.3", HERE.platform, "ab" * 32, 1000, 4))


def test_a_signed_newer_package_is_taken() -> None:
    check_offer(OFFER, PUBLIC, HERE, 4)


@pytest.mark.parametrize(
    "change",
    [
        {"sensor_version": "1.4"},
        {"platform": "linux-aarch64-py3.11"},
        {"sha256": "cd" * 32},
        {"size_bytes": 1001},
        {"epoch": 5},
        {"goes_back": True},
        {"signature": b""},
        {"signature": bytes(64)},
    ],
)
def test_every_part_of_an_offer_is_signed(change: dict[str, object]) -> None:
    with pytest.raises(InputError, match="not signed"):
        check_offer(replace(OFFER, **change), PUBLIC, HERE, 4)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sensor_version": "1.2.3"}, "not newer"),
        ({"sensor_version": "1.2"}, "not newer"),
        ({"sensor_version": "new"}, "no version"),
        ({"platform": "linux-x86_64-py3.12"}, "is for linux-x86_64-py3.12"),
        ({"epoch": 3}, "epoch 3"),
        ({"size_bytes": MAX_PACKAGE_BYTES + 1}, "at most"),
        ({"size_bytes": 0}, "at most"),
    ],
)
def test_what_is_signed_and_does_not_fit_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(InputError, match=why):
        check_offer(sign_package(KEY, replace(OFFER, **change)), PUBLIC, HERE, 4)  # type: ignore[arg-type]


def test_an_older_package_may_be_meant() -> None:
    check_offer(sign_package(KEY, replace(OFFER, sensor_version="1.0", goes_back=True)), PUBLIC, HERE, 4)


def test_without_a_key_or_with_another_nothing_is_taken() -> None:
    with pytest.raises(InputError, match="without a key"):
        check_offer(OFFER, b"", HERE, 4)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(InputError, match="not signed"):
        check_offer(OFFER, other, HERE, 4)
    with pytest.raises(InputError, match="not signed"):
        check_offer(OFFER, b"short", HERE, 4)


def test_versions_are_compared_number_by_number() -> None:
    assert is_newer("1.10", "1.9")
    assert is_newer("1.2.1", "1.2")
    assert not is_newer("1.2", "1.2")
    assert is_newer("0.1", "not a version")


def test_a_manifest_says_what_it_was_written_from() -> None:
    info = PackageInfo("1.2.3", this_platform())
    assert read_manifest(write_manifest(info)) == info


@given(
    st.binary(max_size=200)
    | st.sampled_from([b"[]", b"{}", b'{"version": 1}', b'{"version": "1.0", "platform": "../x"}', b"[" * 100_000])
)
def test_any_other_manifest_is_an_input_error(content: bytes) -> None:
    with pytest.raises(InputError):
        read_manifest(content)
