import re

import pytest

from hinomi.access.password import check_strength, hash_password, is_outdated, make_password, matches
from hinomi.errors import InputError


def test_a_hash_says_nothing_and_matches_only_its_password() -> None:
    stored = hash_password("tabo-kire-munos-9")
    assert stored.startswith("$argon2id$")
    assert "tabo" not in stored
    assert matches(stored, "tabo-kire-munos-9")
    assert not matches(stored, "tabo-kire-munos-8")
    assert not is_outdated(stored)
    assert hash_password("tabo-kire-munos-9") != stored


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$"])
def test_what_is_no_hash_matches_nothing(stored: str | None) -> None:
    assert not matches(stored, "tabo-kire-munos-9")


def test_a_password_of_a_megabyte_is_not_even_hashed() -> None:
    assert not matches(hash_password("x" * 12), "x" * 1_000_000)


def test_a_hash_with_weaker_parameters_is_outdated() -> None:
    from argon2 import PasswordHasher

    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("a"))


def test_a_made_password_is_readable_strong_and_new_each_time() -> None:
    made = {make_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([bdfgjkmnprstvz][aeiou]){2}(-([bdfgjkmnprstvz][aeiou]){2}){5}", word) for word in made)
    for word in made:
        check_strength(word, "administrator")


@pytest.mark.parametrize(
    "password", ["short", "x" * 257, "aaaaaaaaaaaaaaaa", "ayumi-is-my-name", "AYUMI-is-my-name", "tab\there-and-more"]
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InputError):
        check_strength(password, "ayumi")


def test_a_japanese_password_is_a_password() -> None:
    check_strength("火の見やぐらから町を見る人", "ayumi")
