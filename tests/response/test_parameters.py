"""The checks that parameters of actions share."""

import pytest

from hinomi.response.parameters import ParametersRefused, absolute_path, absolute_paths


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/tmp/a..b", r"C:\Users\sato\evil.exe", "c:/Users/a b.txt", r"D:\悪い\..hidden", r"/odd\..\name"],
)
def test_a_path_of_either_system_is_taken_as_it_is(path: str) -> None:
    assert absolute_path({"path": path}, "path") == path


@pytest.mark.parametrize(
    "path",
    [
        "relative", "C:relative", "C:", r"\Windows\a", r"\\server\share\a", "/a/../b", r"C:\a\..\b", "C:/a/../b",
        "CC:\\a", "1:\\a", "../a", r"\\?\C:\a",
    ],
)  # fmt: skip
def test_a_path_that_could_mean_another_file_is_refused(path: str) -> None:
    with pytest.raises(ParametersRefused) as caught:
        absolute_path({"path": path}, "path")
    assert "path" in str(caught.value)
    with pytest.raises(ParametersRefused):
        absolute_paths({"paths": ["/ok", path]}, "paths")
