import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.evidence import aes
from hinomi.sensor.evidence.aes import block_cipher

# FIPS 197, C.3
KEY = bytes(range(32))
PLAIN = bytes.fromhex("00112233445566778899aabbccddeeff")
RESULT = bytes.fromhex("8ea2b7ca516745bfeafc49904b496089")


def in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aes, "_found", [None])


def test_the_known_answer_in_python_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    in_python(monkeypatch)
    assert block_cipher(KEY)(PLAIN * 3) == RESULT * 3


def test_the_known_answer_by_the_library() -> None:
    if aes._library() is None:
        pytest.skip("there is no libcrypto here")
    assert block_cipher(KEY)(PLAIN * 3) == RESULT * 3


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_both_ways_agree_with_one_that_is_not_ours(key: bytes, block: bytes) -> None:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    expected = encryptor.update(block)
    assert aes._by_python(aes._expanded(key), block) == expected
    assert block_cipher(key)(block) == expected
