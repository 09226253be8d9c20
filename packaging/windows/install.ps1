# Lays Hinomi's sensor into C:\Program Files\Hinomi Sensor and registers a task that runs it as SYSTEM from the start of the host.
# UNTESTED on Windows: try it on a test host first.  Windows では未検証です。先に検証用ホストで試してください。
# Needs: Windows PowerShell 5.1 as administrator, Python 3.11 or newer (python.exe), and the wheels of requirements.txt in .\wheels.
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Enrol,
    [string]$Python = 'python.exe',
    [string]$To = (Join-Path $env:ProgramFiles 'Hinomi Sensor'),
    [string]$Folder = (Join-Path $env:ProgramData 'Hinomi Sensor')
)
$ErrorActionPreference = 'Stop'
$me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'install.ps1 needs an administrator / 管理者権限が必要です'
}
function Invoke-Checked {
    param([string]$Program, [string[]]$Words)
    & $Program @Words
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $LASTEXITCODE" }
}

New-Item -ItemType Directory -Force -Path $To, $Folder | Out-Null
# The sensor's folder holds its key: nobody but SYSTEM and administrators may read it (SIDs, for names differ by language)
Invoke-Checked 'icacls.exe' @($Folder, '/inheritance:r', '/grant:r', '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F')
Copy-Item -Recurse -Force -Path (Join-Path $PSScriptRoot 'lib') -Destination $To
Copy-Item -Force -Path (Join-Path $PSScriptRoot 'package.json') -Destination $To
Invoke-Checked $Python @('-m', 'venv', (Join-Path $To 'venv'))
$own = Join-Path $To 'venv\Scripts\python.exe'
Invoke-Checked $own @('-m', 'pip', 'install', '--no-index', '--no-deps', '--find-links', (Join-Path $PSScriptRoot 'wheels'),
    '-r', (Join-Path $PSScriptRoot 'requirements.txt'))
Set-Content -Encoding ASCII -Path (Join-Path $To 'venv\Lib\site-packages\hinomi-sensor.pth') -Value (Join-Path $To 'lib')

Invoke-Checked $own @('-m', 'hinomi.sensor', 'enrol', $Enrol, '--folder', $Folder)

$action = New-ScheduledTaskAction -Execute $own -Argument "-m hinomi.sensor run --folder `"$Folder`"" -WorkingDirectory $To
$trigger = New-ScheduledTaskTrigger -AtStartup
$settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -MultipleInstances IgnoreNew
$account = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
Register-ScheduledTask -Force -TaskName 'Hinomi Sensor' -Action $action -Trigger $trigger -Settings $settings -Principal $account | Out-Null
Start-ScheduledTask -TaskName 'Hinomi Sensor'
Write-Output "Installed in $To / $To に導入しました"
