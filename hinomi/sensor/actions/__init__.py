"""The actions, one file each: what the sensor does. Sorted, one line each."""

from hinomi.sensor.action import EndpointAction
from hinomi.sensor.actions import (
    apply_block_list,
    apply_patterns,
    collect_evidence,
    collect_file,
    disable_account,
    dump_process_memory,
    enable_account,
    isolate_endpoint,
    look_at_account,
    look_at_block_list,
    look_at_file,
    look_at_isolation,
    look_at_process,
    probe_address,
    remote_shell,
    reset_password,
    restore_endpoint,
    run_script,
    run_yara,
    scan,
    sign_out,
    terminate_process,
)

ACTIONS: tuple[EndpointAction, ...] = (
    apply_block_list.ACTION,
    apply_patterns.ACTION,
    collect_evidence.ACTION,
    collect_file.ACTION,
    disable_account.ACTION,
    dump_process_memory.ACTION,
    enable_account.ACTION,
    isolate_endpoint.ACTION,
    look_at_account.ACTION,
    look_at_block_list.ACTION,
    look_at_file.ACTION,
    look_at_isolation.ACTION,
    look_at_process.ACTION,
    probe_address.ACTION,
    remote_shell.ACTION,
    reset_password.ACTION,
    restore_endpoint.ACTION,
    run_script.ACTION,
    run_yara.ACTION,
    scan.ACTION,
    sign_out.ACTION,
    terminate_process.ACTION,
)

BY_NAME = {action.name: action for action in ACTIONS}
