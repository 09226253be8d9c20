import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.workbench.script_file import MAX_SCRIPTS, script_files


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (r'cmd.exe /c "C:\Users\taro\Desktop\T1003_Demo_Script.bat"', [r"C:\Users\taro\Desktop\T1003_Demo_Script.bat"]),
        (
            r'C:\WINDOWS\system32\cmd.exe /c ""C:\Users\taro\T1003_Demo_Script.bat" "',
            [r"C:\Users\taro\T1003_Demo_Script.bat"],
        ),
        (r'cmd /c "cmd /c C:\my tools\run it.bat"', [r"C:\my tools\run it.bat"]),
        (r"powershell -File C:\t\a.ps1 -Verbose", [r"C:\t\a.ps1"]),
        (r"cscript //nologo \\server\share\x.vbs", [r"\\server\share\x.vbs"]),
        ("python3 /opt/tools/scan.py --all; sh ./x.sh", ["/opt/tools/scan.py", "./x.sh"]),
        (r"cmd /c a.bat & b.cmd&c.js", ["a.bat", "b.cmd", "c.js"]),
        (r"wscript 'C:\日本 語\起動.vbs'", [r"C:\日本 語\起動.vbs"]),
        (r"mshta.exe C:\t\a.hta", [r"C:\t\a.hta"]),
        ("A.BAT a.bat", ["A.BAT"]),
        ("cmd.exe /c echo hello", []),
        ("notepad a.batch", []),
        (r"C:\a.bat.exe", []),
        ("node app.json", []),
        ("", []),
    ],
)
def test_scripts_are_found_as_written(command: str, expected: list[str]) -> None:
    assert script_files(command) == expected


@given(st.text(max_size=300), st.text(alphabet="ab.bat \"'\\ps1", max_size=300))
def test_no_text_is_too_strange(one: str, other: str) -> None:
    found = script_files(one + " " + other)
    assert len(found) <= MAX_SCRIPTS
    assert len({path.lower() for path in found}) == len(found)


@pytest.mark.parametrize(
    "command", ['"' * 32_768, "a." * 16_384, '"' + "a " * 16_000 + ".bat", "C:\\" * 10_000, "a.bat" * 6000]
)
def test_a_hostile_command_takes_no_time(command: str) -> None:
    assert len(script_files(command * 3)) <= MAX_SCRIPTS
