"""Second readings of command lines."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.normalise.command_line import registry_values, script_of


def test_a_powershell_command_line_is_its_own_script() -> None:
    line = 'powershell.exe -NoProfile -c "Get-Process"'
    assert script_of(line) == line


@pytest.mark.parametrize("flag", ["-EncodedCommand", "-enc", "-e", "/ec", "-EnCoD"])
def test_an_encoded_command_is_read(flag: str) -> None:
    encoded = b64encode("Write-Host こんにちは".encode("utf-16-le")).decode()
    line = f"powershell -nop {flag} {encoded}"
    assert script_of(line) == f"{line}\nWrite-Host こんにちは"


@pytest.mark.parametrize(
    "line", ["cmd.exe /c dir", "powershell.exe", '"C:\\x\\powershell.exe"', "notepad powershell.txt"]
)
def test_what_runs_no_script_is_no_script(line: str) -> None:
    assert script_of(line) is None


REGISTRY = [
    (
        "reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa /v RunAsPPL /t REG_DWORD /d 0 /f",
        [("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\RunAsPPL", "DWORD (0x00000000)")],
    ),
    (
        'cmd /c reg.exe  ADD "HKEY_CURRENT_USER\\Software\\Run" /d "C:\\t\\a b.exe" /v "My App" /f & whoami',
        [("HKCU\\Software\\Run\\My App", "C:\\t\\a b.exe")],
    ),
    (
        "reg add hkcu\\a /v b /d 1 && reg add hkcu\\c /ve /d 2",
        [("hkcu\\a\\b", "1"), ("hkcu\\c\\(Default)", "2")],
    ),
    (
        "powershell Set-ItemProperty -Path 'HKLM:\\SOFTWARE\\X' -Name Enabled -Value 1",
        [("HKLM\\SOFTWARE\\X\\Enabled", "DWORD (0x00000001)")],
    ),
    (
        "powershell -c \"New-ItemProperty 'Registry::HKEY_LOCAL_MACHINE\\A' B -PropertyType String -Value c:\\d.exe; ls\"",
        [("HKLM\\A\\B", "c:\\d.exe")],
    ),
    ("reg add", []),
    ("reg query hklm\\a /v b", []),
    ("Set-ItemProperty C:\\file.txt IsReadOnly 1", []),
]


@pytest.mark.parametrize(("line", "values"), REGISTRY)
def test_registry_values_that_a_command_line_sets(line: str, values: list[tuple[str, str]]) -> None:
    assert registry_values(line) == values


@given(st.text(alphabet="reg add/vHKLM:\\'\"-;&spSet-ItemProperty powershell.exe enc ^", max_size=80))
def test_any_command_line_is_read_without_an_error(line: str) -> None:
    assert isinstance(registry_values(line), list)
    assert script_of(line) is None or script_of(line) == line or "\n" in str(script_of(line))
