# Hinomi collector kit for Windows (organisation @ORG@, version @VERSION@).
# NOT YET RUN ON WINDOWS: written after the documentation of PowerShell 5.1 and .NET Framework 4.7.2; try it on a test machine first.
# Collects what an investigator needs into one file. Nothing is installed, changed or sent.
#   powershell -NoProfile -ExecutionPolicy Bypass -File hinomi-kit-windows.ps1 [-Out FOLDER] [-Minutes N] [-NoFiles]
param([string]$Out = '.', [int]$Minutes = 15, [switch]$NoFiles)
$ErrorActionPreference = 'SilentlyContinue'
$modulus = '@KEY_N@'
$began = [DateTimeOffset]::UtcNow
$ends = $began.AddMinutes($Minutes)
$name = 'hinomi-' + ($env:COMPUTERNAME -replace '[^A-Za-z0-9.-]', '_') + '-' + (Get-Date -Format 'yyyyMMdd-HHmmss')
$work = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
New-Item -ItemType Directory -Path $work, "$work\files" | Out-Null
$temporary = @("$env:TEMP", "$env:windir\Temp", "$env:PUBLIC", "$env:ProgramData") | Where-Object { $_ }
$hashes = @{}

function InTime { [DateTimeOffset]::UtcNow -lt $ends }
function Millis($when) { if ($when) { [DateTimeOffset]::new($when.ToUniversalTime()).ToUnixTimeMilliseconds() } }
function Hash([string]$path) {
    if (-not $path -or -not (Test-Path -LiteralPath $path -PathType Leaf)) { return '' }
    if (-not $hashes.ContainsKey($path)) { $hashes[$path] = "$((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash)".ToLower() }
    $hashes[$path]
}
function Part([string]$part, [int]$done, [scriptblock]$rows) {
    Write-Progress -Activity 'Hinomi' -Status $part -PercentComplete $done
    $lines = & $rows | Select-Object -First 100000 | ForEach-Object { $_ | ConvertTo-Json -Compress -Depth 4 }
    [IO.File]::WriteAllLines("$work\$part.jsonl", [string[]]@($lines | Where-Object { $_ }))
}

$addresses = @(Get-NetIPAddress | Where-Object { $_.IPAddress -notmatch '^(127\.|::1$|fe80:)' } | ForEach-Object { $_.IPAddress })
$windows = Get-CimInstance Win32_OperatingSystem
[IO.File]::WriteAllText("$work\system.json", (@{ host = $env:COMPUTERNAME; ips = $addresses; os = $windows.Caption; os_version = $windows.Version
    architecture = $env:PROCESSOR_ARCHITECTURE; booted = (Millis $windows.LastBootUpTime); domain = $env:USERDOMAIN } | ConvertTo-Json -Compress))

$suspicious = New-Object System.Collections.ArrayList
function Suspect([string]$path, [string]$reason, [int]$score) {
    if ($path) { [void]$suspicious.Add(@{ path = $path; reasons = @($reason); score = $score; sha256 = (Hash $path) }) }
}

Part 'processes' 10 {
    foreach ($one in Get-CimInstance Win32_Process) {
        if (-not (InTime)) { break }
        $owner = Invoke-CimMethod -InputObject $one -MethodName GetOwner
        foreach ($place in $temporary) { if ($one.ExecutablePath -and $one.ExecutablePath.StartsWith($place, 'OrdinalIgnoreCase')) { Suspect $one.ExecutablePath 'runs_from_temporary' 45; break } }
        if ($one.ExecutablePath -and (InTime)) {
            $signature = Get-AuthenticodeSignature -LiteralPath $one.ExecutablePath
            if ($signature.Status -ne 'Valid') { Suspect $one.ExecutablePath 'unsigned' 30 }
        }
        @{ pid = $one.ProcessId; ppid = $one.ParentProcessId; start = (Millis $one.CreationDate); name = $one.Name; exe = "$($one.ExecutablePath)"
            cmd = "$($one.CommandLine)"; user = "$($owner.Domain)\$($owner.User)".Trim('\'); sha256 = (Hash $one.ExecutablePath) }
    }
}
Part 'connections' 30 {
    Get-NetTCPConnection | ForEach-Object { @{ proto = 'tcp'; src = $_.LocalAddress; spt = $_.LocalPort; dst = $_.RemoteAddress; dpt = $_.RemotePort
        state = "$($_.State)".ToLower(); pid = $_.OwningProcess } }
    Get-NetUDPEndpoint | ForEach-Object { @{ proto = 'udp'; src = $_.LocalAddress; spt = $_.LocalPort; dst = ''; dpt = 0; state = ''; pid = $_.OwningProcess } }
}
Part 'users' 40 { Get-LocalUser | ForEach-Object { @{ name = $_.Name; enabled = $_.Enabled; sid = "$($_.SID)"; last_login = (Millis $_.LastLogon) } } }
Part 'logins' 45 {
    Get-WinEvent -FilterHashtable @{ LogName = 'Security'; Id = 4624, 4625 } -MaxEvents 500 | ForEach-Object {
        @{ list = $(if ($_.Id -eq 4624) { 'past' } else { 'failed' }); time = (Millis $_.TimeCreated); user = "$($_.Properties[5].Value)"; address = "$($_.Properties[18].Value)" } }
}
Part 'autoruns' 50 {
    foreach ($key in 'HKLM:\Software\Microsoft\Windows\CurrentVersion\Run', 'HKLM:\Software\Microsoft\Windows\CurrentVersion\RunOnce',
        'HKLM:\Software\WOW6432Node\Microsoft\Windows\CurrentVersion\Run', 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Run',
        'HKCU:\Software\Microsoft\Windows\CurrentVersion\RunOnce') {
        $item = Get-Item -LiteralPath $key
        foreach ($value in $item.GetValueNames()) { @{ path = "$key\$value"; scope = 'registry'; commands = "$($item.GetValue($value))" } }
    }
    foreach ($folder in "$env:ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp", "$env:APPDATA\Microsoft\Windows\Start Menu\Programs\Startup") {
        Get-ChildItem -LiteralPath $folder -File | ForEach-Object { @{ path = $_.FullName; scope = 'startup'; sha256 = (Hash $_.FullName); modified = (Millis $_.LastWriteTime) } }
    }
}
Part 'services' 60 { Get-CimInstance Win32_Service | ForEach-Object { @{ name = $_.Name; path = "$($_.PathName)"; enabled = ($_.StartMode -ne 'Disabled'); user = "$($_.StartName)"; runs = @("$($_.PathName)") } } }
Part 'tasks' 65 { Get-ScheduledTask | ForEach-Object { @{ path = "$($_.TaskPath)$($_.TaskName)"; user = "$($_.Principal.UserId)"; runs = ((@($_.Actions) | ForEach-Object { "$($_.Execute) $($_.Arguments)" }) -join '; ') } } }
Part 'recent_files' 70 {
    foreach ($place in $temporary + "$env:USERPROFILE\Downloads") {
        Get-ChildItem -LiteralPath $place -File -Recurse -Attributes !ReparsePoint | Where-Object { $_.LastWriteTime -gt (Get-Date).AddDays(-7) } | Select-Object -First 5000 | ForEach-Object {
            if (-not (InTime)) { break }
            if ($_.Extension -match '^\.(exe|dll|ps1|bat|cmd|vbs|js|hta|scr)$') { Suspect $_.FullName 'executable_in_temporary' 40 }
            if ($_.Name -match '\.(pdf|docx?|xlsx?|jpe?g|png|txt)\.(exe|scr|js|vbs|bat)$') { Suspect $_.FullName 'deceptive_name' 30 }
            @{ path = $_.FullName; size = $_.Length; modified = (Millis $_.LastWriteTime) }
        }
    }
}
$listed = $suspicious | Group-Object { $_.path } | ForEach-Object {
    @{ path = $_.Name; reasons = @($_.Group | ForEach-Object { $_.reasons } | Select-Object -Unique); sha256 = $_.Group[0].sha256
        score = [Math]::Min(100, ($_.Group | ForEach-Object { $_.score } | Measure-Object -Sum).Sum) }
} | Sort-Object { - $_.score }
Part 'suspicious' 85 { $listed }
if (-not $NoFiles) {
    foreach ($one in $listed | Select-Object -First 200) {
        if ((InTime) -and $one.sha256 -and (Get-Item -LiteralPath $one.path).Length -le 33554432) { Copy-Item -LiteralPath $one.path -Destination "$work\files\$($one.sha256)" }
    }
}
[IO.File]::WriteAllText("$work\kit.json", (@{ hinomi_kit = 1; made_by = 'powershell'; platform = 'windows'; version = '@VERSION@'; org = '@ORG@'; host = $env:COMPUTERNAME
    ips = $addresses; os = $windows.Caption; started = $began.ToUnixTimeMilliseconds(); finished = [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds()
    complete = (InTime); parts = @() } | ConvertTo-Json -Compress))
$manifest = Get-ChildItem -LiteralPath $work -File -Recurse | ForEach-Object { "$((Get-FileHash -LiteralPath $_.FullName -Algorithm SHA256).Hash.ToLower())  $($_.FullName.Substring($work.Length + 1).Replace('\', '/'))" }
[IO.File]::WriteAllText("$work\manifest.sha256", ($manifest -join "`n") + "`n")

# ---- one file, encrypted to the server: the form of `openssl enc -aes-256-cbc -pbkdf2 -iter 10000 -md sha256` ----------
Add-Type -AssemblyName System.IO.Compression, System.IO.Compression.FileSystem
$inner = "$work.zip"
[IO.Compression.ZipFile]::CreateFromDirectory($work, $inner)
$random = [Security.Cryptography.RandomNumberGenerator]::Create()
$secret = New-Object byte[] 32; $random.GetBytes($secret)
$password = -join ($secret | ForEach-Object { $_.ToString('x2') })
$salt = New-Object byte[] 8; $random.GetBytes($salt)
$derived = (New-Object Security.Cryptography.Rfc2898DeriveBytes($password, $salt, 10000, [Security.Cryptography.HashAlgorithmName]::SHA256)).GetBytes(48)
$aes = [Security.Cryptography.Aes]::Create()
$aes.Key = $derived[0..31]; $aes.IV = $derived[32..47]
$sealed = "$work.sealed"
New-Item -ItemType Directory -Path $sealed | Out-Null
$into = [IO.File]::Create("$sealed\evidence.enc")
$into.Write([Text.Encoding]::ASCII.GetBytes('Salted__') + $salt, 0, 16)
$stream = New-Object Security.Cryptography.CryptoStream($into, $aes.CreateEncryptor(), 'Write')
$from = [IO.File]::OpenRead($inner); $from.CopyTo($stream); $from.Dispose(); $stream.Dispose(); $into.Dispose()
$rsa = New-Object Security.Cryptography.RSACng
$parameters = New-Object Security.Cryptography.RSAParameters
$parameters.Modulus = [byte[]] -split ($modulus -replace '..', '0x$& ')
$parameters.Exponent = [byte[]](1, 0, 1)
$rsa.ImportParameters($parameters)
[IO.File]::WriteAllBytes("$sealed\password.sealed", $rsa.Encrypt([Text.Encoding]::ASCII.GetBytes($password), [Security.Cryptography.RSAEncryptionPadding]::OaepSHA256))
$result = Join-Path (Resolve-Path $Out) "$name.zip"
[IO.Compression.ZipFile]::CreateFromDirectory($sealed, $result)
Remove-Item -Recurse -Force -LiteralPath $work, $inner, $sealed
Write-Output "Written: $result"
Write-Output 'Encrypted to the server: upload it as it is.'
