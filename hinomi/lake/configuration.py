"""What the embedded engine is told at its start: limits for the whole process, and for each connection.

A small machine must carry the lake beside the rest of the house, so pools and caches are far below the engine's own
defaults; the numbers were measured (docs/decisions/0002-lake.md).
"""

from collections.abc import Mapping
from pathlib import Path

MIB = 1 << 20

# Process-wide. Source: ClickHouse server settings of these names.
_SERVER: Mapping[str, int | str] = {
    "mark_cache_size": 32 * MIB,
    "uncompressed_cache_size": 0,
    "index_mark_cache_size": 8 * MIB,
    "index_uncompressed_cache_size": 0,
    "primary_index_cache_size": 32 * MIB,
    "query_condition_cache_size": 8 * MIB,
    "mmap_cache_size": 16,
    "background_pool_size": 2,
    "background_merges_mutations_concurrency_ratio": 1,
    "background_schedule_pool_size": 2,
    "background_common_pool_size": 2,
    "max_thread_pool_free_size": 8,
    "max_io_thread_pool_free_size": 0,
    "mlock_executable": 0,
}

# Every column of a wide part has its own write buffers: with 120 columns an insert of 20,000 rows took 575 MB. In a
# compact part they share one file, which also makes fsync cheap; merges make wide parts when there is something to gain.
_MERGE_TREE: Mapping[str, int] = {
    "min_bytes_for_wide_part": 256 * MIB,
    "max_compress_block_size": 256 * 1024,
    "max_bytes_to_merge_at_max_space_in_pool": 8 << 30,
    "merge_selector_base": 10,  # merge later and more at once: each merge costs as much CPU as the insert did
    "number_of_free_entries_in_pool_to_lower_max_size_of_merge": 1,
    "number_of_free_entries_in_pool_to_execute_mutation": 1,
    "number_of_free_entries_in_pool_to_execute_optimize_entire_partition": 1,
    "enable_mixed_granularity_parts": 1,
}

# Per connection. Bounds first: no query may take all time or memory.
# clickhouse-connect sends these two with every request: standing here they cost nothing.
_CLIENT: Mapping[str, int | str] = {
    "date_time_input_format": "best_effort",
    "cast_string_to_dynamic_use_inference": 1,
}

READING: Mapping[str, int | str] = {
    **_CLIENT,
    "readonly": 2,
    "max_execution_time": 60,
    "timeout_before_checking_execution_speed": 0,
    "max_result_bytes": 128 * MIB,
    "max_threads": 2,
    # 1 GiB by default, which is more than the engine may take at all: every question would run on one core. What one may
    # take is bounded by max_memory_usage
    "max_threads_min_free_memory_per_thread": 0,
    "use_query_cache": 0,
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_low_cardinality_as_dictionary": 0,
    "output_format_arrow_compression_method": "none",
    # wide columns are read for the rows of the page only
    "query_plan_max_limit_for_lazy_materialization": 10_000,
}
WRITING: Mapping[str, int | str] = {
    **_CLIENT,
    "max_execution_time": 900,
    "async_insert": 0,
    "max_insert_threads": 1,
    "max_partitions_per_insert_block": 0,
    "input_format_parallel_parsing": 0,
    "input_format_arrow_allow_missing_columns": 1,
    # machine code for the expressions of the views costs more than it gains on a batch: a tenth to a quarter of an insert's CPU
    "compile_expressions": 0,
    "compile_aggregate_expressions": 0,
    "compile_sort_description": 0,
}


def server_xml(memory_mb: int) -> str:
    """The engine's configuration file. The query limits leave a fifth of the memory to merges and inserts."""
    server = {"max_server_memory_usage": memory_mb * MIB, **_SERVER}
    lines = [f"  <{name}>{value}</{name}>" for name, value in server.items()]
    tree = [f"    <{name}>{value}</{name}>" for name, value in _MERGE_TREE.items()]
    return "\n".join(["<clickhouse>", *lines, "  <merge_tree>", *tree, "  </merge_tree>", "</clickhouse>", ""])


def write_configuration(folder: Path, memory_mb: int) -> Path:
    path = folder / "owner.xml"
    path.write_text(server_xml(memory_mb))
    return path


def query_memory(memory_mb: int) -> int:
    """Bytes one query may take."""
    return memory_mb * MIB * 6 // 10
