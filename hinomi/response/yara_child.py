"""Run as a program of its own, never imported: compiles the YARA rules on standard input, tells about them as JSON.

A rule of a stranger may take the compiler very long or much memory: here it costs a process that is thrown away.
"""

import json
import resource
import sys

import yara_x

CPU_S = 10
MEMORY_BYTES = 1 << 30
MOST_ERRORS = 20


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    compiler = yara_x.Compiler()
    compiler.enable_includes(False)
    rules: list[str] = []
    errors: list[dict[str, object]] = []
    try:
        compiler.add_source(sys.stdin.read())
        rules = [rule.identifier for rule in compiler.build()]
    except yara_x.CompileError:
        found = compiler.errors()[:MOST_ERRORS]
        errors = [{name: one.get(name) for name in ("line", "column", "title", "text")} for one in found]
    told = {"rules": rules, "errors": errors}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
