@echo off
rem T1003 - OS Credential Dumping: demonstration for organisation {org}.
rem Harmless: it only shows (echo) commands on the screen. No registry is read, no file is written.
rem Usage: T1003_Demo_Script.bat [1 or 2]
setlocal
set SCENARIO=%1
if "%SCENARIO%"=="" set SCENARIO={scenario}
if "%SCENARIO%"=="2" goto two
echo Scenario 1: a command that would save the SAM hive
cmd.exe /c echo "reg.exe save hklm\sam C:\hinomi-test\hinomi-test.hive"
if "%SCENARIO%"=="1" goto done
:two
echo Scenario 2: a command that would save the SECURITY hive
cmd.exe /c echo "reg.exe save hklm\security C:\hinomi-test\hinomi-test.hive"
:done
echo Done. Look into Workbench for: Demo - Credential Dumping via Registry
pause
