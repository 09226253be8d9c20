"""The figures as tables for people."""

from typing import Any

from hinomi.attack.tactics import find_tactic

NAMES = {"shipped": "shipped content alone", "sigma": "SigmaHQ imported alone", "both": "both together"}
SETS = {
    "benign": "ordinary hosts (../shared/data/benign)",
    "own": "ordinary work of our own (benchmarks/ordinary)",
    "background": "background of laboratories (upper hint only)",
}


def print_report(report: dict[str, Any], misses: bool = False) -> None:
    recall = report.get("recall")
    if recall:
        print_recall(recall)
        for name, figures in recall["contents"].items():
            print_parts(NAMES[name], figures)
        if misses:
            print("\nrecordings without a hit:", *report["misses"], sep="\n  ")
        print(f"\nwith an alert, of malicious recordings without a technique: {_share(report['unlabelled'])}")
    for name, figures in report["false_alarms"].items():
        print_false_alarms(SETS[name], figures)


def print_recall(recall: dict[str, Any]) -> None:
    print(f"labelled recordings: {recall['recordings']}, events: {recall['events']}")
    print("not readable, counted as misses:", *recall["unreadable"], sep="\n  ")
    print("labels that are no techniques, left out:")
    for name, labels in recall["labels_that_are_no_techniques"].items():
        print(f"  {', '.join(labels)}: {name}")
    _row("technique recall", "any level", "medium and above", "high and above")
    for name, figures in recall["contents"].items():
        _row(NAMES[name], *(_share(figures[level]) for level in ("info", "medium", "high")))
    _row("", "any detection", "with an alert", "techniques hit at least once")
    for name, figures in recall["contents"].items():
        _row(NAMES[name], _share(figures["any_detection"]), _share(figures["alert"]), _share(figures["techniques_hit"]))


def print_parts(name: str, figures: dict[str, Any]) -> None:
    _row(f"\n{name}, by tactic", "any level", "medium and above", "high and above")
    for tactic, levels in figures["tactics"].items():
        known = find_tactic(tactic)
        _row(f"{tactic} {known.name.en if known else ''}", *(_share(one) for one in levels.values()))
    _row(f"{name}, by log source", "any level", "medium and above", "high and above")
    for source, levels in figures["sources"].items():
        _row(source, *(_share(one) for one in levels.values()))


def print_false_alarms(name: str, figures: dict[str, Any]) -> None:
    print(f"\n{name}: {figures['recordings']} recordings, {figures['events']} events; alerts by severity")
    _row("", *figures["alerts"])
    _row("alerts", *(one["count"] for one in figures["alerts"].values()))
    _row("per 100,000 events", *(one["per_100k"] for one in figures["alerts"].values()))
    _row("detections", *figures["detections"])
    _row("per 100,000 events", *(one["per_100k"] for one in figures["detections"].values()))
    print("  models:", ", ".join(f"{model} {count}" for model, count in figures["models"].items()) or "none")


def _share(figures: dict[str, Any] | None) -> str:
    return f"{figures['hit']}/{figures['of']} = {figures['percent']} %" if figures else "-"


def _row(name: str, *cells: object) -> None:
    print(f"{name:52}" + "".join(f"{cell!s:>24}" for cell in cells))
