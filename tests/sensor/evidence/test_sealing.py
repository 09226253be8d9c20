import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hinomi.sensor.evidence.sealing import seal


def test_only_the_private_key_opens_it() -> None:
    key = rsa.generate_private_key(65537, 2048)
    numbers = key.public_key().public_numbers()
    sealed = seal(b"secret", numbers.n, numbers.e)
    assert sealed != seal(b"secret", numbers.n, numbers.e)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    assert key.decrypt(sealed, oaep) == b"secret"
    with pytest.raises(ValueError, match="too long"):
        seal(b"x" * 200, numbers.n, numbers.e)
