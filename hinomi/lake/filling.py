"""Filling the table of observed values: for a lake that is older than it, and where an owner was killed while it wrote.

An old lake is looked through in slices, one statement each, newest day of arrival first; a killed slice is done again.
"""

from collections.abc import Callable

from hinomi.lake import observation, returned

Ask = Callable[[str], str]  # a question to its answer as tab-separated text
Command = Callable[[str], object]  # a statement without rows

SLICE_ROWS = 200_000  # about a second of the writing connection


def make(command: Ask) -> None:
    """The tables and the view. When they are new, what the lake holds by now is laid out in slices.

    `command` takes a statement too, whose answer says nothing.
    """
    is_new = command("EXISTS TABLE observed").strip() == "0"
    if is_new:
        # first: an owner killed after it lays the slices out once more, and the same
        command(observation.SLICES_TABLE)
        command("TRUNCATE TABLE observed_slices")
        command(_lay_out())
    command(observation.SLICES_TABLE)
    command(observation.TABLE)
    command(observation.VIEW)
    if "broughtBack" not in command("SHOW CREATE TABLE observed_view"):
        command(observation.RENEW_VIEW)


def _lay_out() -> str:
    entries = "SELECT toDate(ingestTime) AS day, spoolSeq, count() AS n FROM activities GROUP BY day, spoolSeq"
    numbered = (
        f"SELECT day, spoolSeq, intDiv(sum(n) OVER (PARTITION BY day ORDER BY spoolSeq), {SLICE_ROWS}) AS slice "  # noqa: S608
        f"FROM ({entries})"
    )
    return (
        "INSERT INTO observed_slices SELECT day, slice, min(spoolSeq), max(spoolSeq), "  # noqa: S608 - ours
        f"(SELECT max(ingestTime) FROM activities), 0 FROM ({numbered}) GROUP BY day, slice"
    )


def mend(command: Command) -> None:
    """The view writes after the table: an owner killed in between leaves values of its last write out.

    They are put in; the count of a value that was there too may stay a little low. What the slices tell of is theirs.
    """
    last = "ingestTime = (SELECT max(ingestTime) FROM activities)"
    command(_missing(f"{last} AND ingestTime > (SELECT max(until) FROM observed_slices)"))  # noqa: S608


def fill_slice(ask: Ask, command: Command) -> int:
    """Look through the next slice; how many are left."""
    waiting = ask(
        "SELECT toString(day), slice, `from`, `to`, toUnixTimestamp64Milli(until), state FROM observed_slices FINAL "
        "WHERE state < 2 ORDER BY day DESC, slice DESC"
    ).splitlines()
    if not waiting:
        return 0
    day, number, first, last, until, state = waiting[0].split("\t")
    where = (
        f"toDate(ingestTime) = '{day}' AND spoolSeq BETWEEN {first} AND {last} "
        f"AND ingestTime <= fromUnixTimestamp64Milli({until}, 'UTC') AND {observation.AS_THEY_COME}"
    )
    if int(number) >= returned.SLICES:
        returned.settle(ask, command, day)
        returned.close(command, day, int(number))
        return len(waiting) - 1
    _set_state(command, day, number, first, last, until, 1)
    command(_missing(where) if state == "1" else f"INSERT INTO observed {observation.select(where)}")
    _set_state(command, day, number, first, last, until, 2)
    return len(waiting) - 1


def _set_state(command: Command, day: str, number: str, first: str, last: str, until: str, state: int) -> None:
    row = f"('{day}', {number}, {first}, {last}, fromUnixTimestamp64Milli({until}, 'UTC'), {state})"
    command(f"INSERT INTO observed_slices VALUES {row}")  # noqa: S608 - numbers and a day of our own


def _missing(where: str) -> str:
    """Put in the rows of those activities whose key is not there at all."""
    key = ", ".join(observation.KEY)
    found = observation.select(where)
    days = f"SELECT DISTINCT toDate(time) FROM activities WHERE {where}"  # noqa: S608
    values = f"(kind, value) IN (SELECT kind, value FROM ({found}))"  # noqa: S608
    there = f"SELECT {key} FROM observed WHERE day IN ({days}) AND {values}"  # noqa: S608
    return f"INSERT INTO observed SELECT * FROM ({found}) WHERE ({key}) NOT IN ({there})"  # noqa: S608
