from hinomi.sensor.shell_lines import MAX_LINES, MAX_WAITING_BYTES, ShellLine, ShellLines
from hinomi.wire.message import Shell

A = "a" * 32


def connected() -> ShellLines:
    lines = ShellLines()
    lines.connected(lambda _: None)
    return lines


def taken(line: ShellLine) -> list[Shell]:
    return list(iter(line.take, None))


def test_what_is_for_nobody_is_dropped() -> None:
    lines = connected()
    lines.take(Shell(A, "input", b"ls\n"))
    with lines.open(A) as line:
        assert line is not None
        assert line.take() is None


def test_pieces_come_in_order_and_once() -> None:
    lines = connected()
    with lines.open(A) as line:
        assert line is not None
        for text in (b"a", b"b"):
            lines.take(Shell(A, "input", text))
        assert [piece.data for piece in taken(line)] == [b"a", b"b"]
        assert line.take() is None


def test_a_line_that_is_flooded_ends() -> None:
    lines = connected()
    with lines.open(A) as line:
        assert line is not None
        for _ in range(MAX_WAITING_BYTES // 1024 + 1):
            lines.take(Shell(A, "input", b"x" * 1024))
        assert line.ended == "flooded"
        assert sum(len(piece.data) for piece in taken(line)) <= MAX_WAITING_BYTES


def test_a_line_that_cannot_send_ends() -> None:
    lines = ShellLines()

    def gone(_: Shell) -> None:
        raise BrokenPipeError

    lines.connected(gone)
    with lines.open(A) as line:
        assert line is not None
        assert not line.send("output", b"x")
        assert line.ended == "channel_lost"


def test_only_so_many_lines_open() -> None:
    from contextlib import ExitStack

    lines = connected()
    with ExitStack() as stack:
        opened = [stack.enter_context(lines.open(f"{number:032x}")) for number in range(MAX_LINES + 1)]
        assert [line is None for line in opened] == [False] * MAX_LINES + [True]
    with lines.open(A) as line:
        assert line is not None


def test_after_the_loss_nothing_opens_until_the_channel_is_back() -> None:
    lines = connected()
    lines.lost()
    with lines.open(A) as line:
        assert line is None
    lines.connected(lambda _: None)
    with lines.open(A) as line:
        assert line is not None
