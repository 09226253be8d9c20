#!/bin/sh
# T1003 - OS Credential Dumping: demonstration for organisation {org}.
# Harmless: it only shows (echo) commands on the screen. No secret is read, no file is written.
# Usage: sh T1003_Demo_Script.sh [1 or 2]
scenario=${1:-{scenario}}
if [ "$scenario" != 2 ]; then
    echo "Scenario 1: a command that would save the SAM hive"
    sh -c 'echo "reg.exe save hklm\sam /tmp/hinomi-test/hinomi-test.hive"'
fi
if [ "$scenario" != 1 ]; then
    echo "Scenario 2: a command that would save the SECURITY hive"
    sh -c 'echo "reg.exe save hklm\security /tmp/hinomi-test/hinomi-test.hive"'
fi
echo "Done. Look into Workbench for: Demo - Credential Dumping via Registry"
