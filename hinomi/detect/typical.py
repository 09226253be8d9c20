"""Plain values of any Windows host: a text that stands in one of them singles out nothing."""

from functools import lru_cache

# What every Windows host records all day (our own choice of plain facts).
TYPICAL = (
    r"C:\Windows\System32\svchost.exe",
    r"C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule",
    r"C:\Windows\System32\cmd.exe",
    r'"C:\Windows\System32\cmd.exe" /c whoami',
    r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
    r'"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -ExecutionPolicy Bypass -Command Get-Process',
    r"C:\Windows\SysWOW64\WindowsPowerShell\v1.0\powershell.exe -NoProfile -File C:\Users\user\a.ps1",
    r"C:\Windows\explorer.exe",
    r"C:\Windows\System32\services.exe",
    r"C:\Windows\System32\lsass.exe",
    r"C:\Windows\System32\wbem\WmiPrvSE.exe",
    r"C:\Windows\System32\rundll32.exe",
    r"C:\Windows\System32\conhost.exe 0xffffffff -ForceV1",
    r"C:\Windows\System32\reg.exe",
    r"C:\Windows\System32\taskhostw.exe",
    r"C:\Windows\System32\ntdll.dll",
    r"C:\Windows\System32\kernel32.dll",
    r"C:\Windows\Temp\x.tmp",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe --type=renderer",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe",
    r"C:\Users\user\AppData\Local\Temp\file.tmp",
    r"C:\Users\user\AppData\Local\Microsoft\OneDrive\OneDrive.exe",
    r"C:\Users\user\Downloads\setup.exe",
    r"HKLM\System\CurrentControlSet\Services\bam\State\UserSettings",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer",
    r"HKU\S-1-5-21-1-1-1-1001\Software\Microsoft\Windows\CurrentVersion\Run",
    r"NT AUTHORITY\SYSTEM",
    "SYSTEM",
    "System",
    "PowerShell.EXE",
    "Cmd.Exe",
    "Microsoft Corporation",
    "Microsoft Windows",
    "Microsoft\u00ae Windows\u00ae Operating System",
    "Windows PowerShell",
    "127.0.0.1",
    "10.0.0.5",
    "443",
    "80",
    "53",
    "445",
    "3",
    "0",
    "0x0",
    "1",
    "2",
    "4",
    "true",
    "false",
    "tcp",
    "-",
    "",
    "S-1-5-18",
    "PC-1.example.local",
    "PC-1$",
    "DWORD (0x00000001)",
    "Security",
    "Kerberos",
    "%%1936",
)
_LOWER = tuple(text.lower() for text in TYPICAL)
_JOINED = "\n".join(_LOWER)


@lru_cache(maxsize=65_536)
def weight_of(text: str) -> int:
    """How many of the typical values hold the text, in any case."""
    lower = text.lower()
    return sum(lower in one for one in _LOWER) if lower in _JOINED else 0
