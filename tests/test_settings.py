from pathlib import Path

import pytest

from hinomi.errors import InputError
from hinomi.settings import read_settings, shipped_content


def test_what_is_typed_wins_over_the_environment_and_that_over_the_default() -> None:
    settings = read_settings({"port": 9000, "host": None}, {"HINOMI_PORT": "1", "HINOMI_HOST": "::1"})
    assert (settings.port, settings.host, settings.org) == (9000, "::1", "1")


@pytest.mark.parametrize(
    ("value", "told"), [("http", "'http' is no whole number"), ("70000", "not between 0 and 65535")]
)
def test_a_wrong_value_is_named_with_what_would_be_right(value: str, told: str) -> None:
    with pytest.raises(InputError, match=f"setting port: .*{told}"):
        read_settings({}, {"HINOMI_PORT": value})


def test_the_data_folder_is_a_path() -> None:
    assert read_settings({}, {"HINOMI_DATA": "/srv/hinomi"}).data == Path("/srv/hinomi")


def test_content_is_the_shipped_one_unless_named() -> None:
    assert read_settings({}, {}).content_folder == shipped_content()
    assert (shipped_content() / "filters").is_dir()
    assert read_settings({}, {"HINOMI_CONTENT": "/tmp/mine"}).content_folder == Path("/tmp/mine")
