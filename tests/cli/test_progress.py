"""How far a long word is: the numbers, how often they are told, and to whom."""

import io

import pytest

from hinomi.cli.progress import PLAIN_EVERY_S, ROWS, PlainLines, how_far, progress


def test_share_rate_and_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINOMI_LANG", "en")
    assert how_far(0, 480_000, 0.1, ROWS) == "0 of 480,000 rows, 0 %"
    assert how_far(120_000, 480_000, 3, ROWS) == "120,000 of 480,000 rows, 25 %, 40,000/s, 0:09 left"
    assert how_far(1, 10_000, 1, ROWS).endswith("2:46:39 left")
    assert how_far(480_000, 480_000, 3, ROWS) == "480,000 of 480,000 rows, 100 %, 160,000/s"
    assert how_far(7, 0, 0, ROWS) == "7 rows"
    monkeypatch.setenv("HINOMI_LANG", "ja")
    assert how_far(120_000, 480_000, 3, ROWS) == "480,000 行中 120,000 行、25 %、毎秒 40,000、残り 0:09"


def test_a_log_gets_a_line_at_once_and_then_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINOMI_LANG", "en")
    stream, now_s = io.StringIO(), 100.0
    show = PlainLines("Exporting", ROWS, stream, lambda: now_s)
    for done in range(10):
        show(done, 10)
        now_s += PLAIN_EVERY_S / 4
    assert [line.split(",")[0] for line in stream.getvalue().splitlines()] == [
        "Exporting: 0 of 10 rows", "Exporting: 4 of 10 rows", "Exporting: 8 of 10 rows",
    ]  # fmt: skip


def test_it_is_not_mixed_into_json(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Exporting", ROWS, quiet=True) as show:
        show(1, 2)
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_it_is_plain(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINOMI_LANG", "en")
    with progress("Exporting", ROWS, quiet=False) as show:
        show(1, 2)
    assert capsys.readouterr() == ("", "Exporting: 1 of 2 rows, 50 %\n")
