"""How a process ended, as wait(2) gives it."""


def end_of(code: int) -> dict[str, int]:
    """`signal` of one that was killed, else `exit_code`."""
    return {"signal": code & 0x7F} if code & 0x7F else {"exit_code": code >> 8 & 0xFF}
