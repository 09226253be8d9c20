# Takes Hinomi's sensor away. An isolation stays unless -LiftIsolation is given.
# UNTESTED on Windows.  Windows では未検証です。
[CmdletBinding()]
param(
    [string]$To = (Join-Path $env:ProgramFiles 'Hinomi Sensor'),
    [string]$Folder = (Join-Path $env:ProgramData 'Hinomi Sensor'),
    [switch]$LiftIsolation
)
$ErrorActionPreference = 'Stop'
$me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'uninstall.ps1 needs an administrator / 管理者権限が必要です'
}
if (Get-ScheduledTask -TaskName 'Hinomi Sensor' -ErrorAction SilentlyContinue) {
    Stop-ScheduledTask -TaskName 'Hinomi Sensor'
    Unregister-ScheduledTask -TaskName 'Hinomi Sensor' -Confirm:$false
}
$words = @('-m', 'hinomi.sensor', 'uninstall', '--folder', $Folder)
if ($LiftIsolation) { $words += '--lift-isolation' }
& (Join-Path $To 'venv\Scripts\python.exe') @words
if ($LASTEXITCODE -ne 0) { throw "the sensor could not be taken away (exit code $LASTEXITCODE)" }
Remove-Item -Recurse -Force -Path $To
Write-Output 'Removed / 削除しました'
