"""Each imported rule is reported once: usable, never matching with its reason, or broken with its line."""

from pathlib import Path
from typing import Any

import yaml

from hinomi.operations.sigma_report import coverage, report_sigma


def write(path: Path, number: int, **changes: Any) -> None:
    rule: dict[str, Any] = {
        "title": f"Rule {number}",
        "id": f"{number:08}-1111-4111-8111-111111111111",
        "logsource": {"product": "windows", "category": "process_creation"},
        "detection": {"x": {"Image": "x"}, "condition": "x"},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(rule | changes))


def test_every_rule_is_accounted_for(tmp_path: Path) -> None:
    write(tmp_path / "in/good.yml", 1)
    write(tmp_path / "in/deep/linux.yml", 2, logsource={"product": "linux", "category": "process_creation"})
    write(tmp_path / "in/unknown.yml", 3, logsource={"product": "windows", "service": "no-such"})
    write(tmp_path / "in/empty.yml", 4, detection={"x": {"User|expand": "%admins%"}, "condition": "x"})
    write(tmp_path / "in/broken.yml", 5, detection={"x": {"User|odd": "y"}, "condition": "x"})
    write(tmp_path / "one.yml", 6)
    write(tmp_path / "not_given.yml", 7)
    summary = report_sigma([tmp_path / "in", tmp_path / "one.yml"]).summary()
    assert [row["title"] for row in summary["imported"]] == ["Rule 1", "Rule 6"]
    assert {row["file"]: row["reason"] for row in summary["never_matching"]} == {
        "deep/linux.yml": "no source writes activities of linux",
        "unknown.yml": "no source writes activities of no-such",
        "empty.yml": "its placeholders have no value: %admins%",
    }
    assert all(row["reason_ja"] for row in summary["never_matching"])
    (broken,) = summary["broken"]
    assert broken.startswith("broken.yml:")
    assert "odd" in broken


def test_files_with_usable_rules_have_names_of_their_own(tmp_path: Path) -> None:
    write(tmp_path / "a/deep/x.yml", 1)
    write(tmp_path / "b/deep/x.yml", 2)
    write(tmp_path / "b/bad.yml", 3, detection={})
    report = report_sigma([tmp_path / "a", tmp_path / "b"])
    assert report.files == ((tmp_path / "a/deep/x.yml", "a/deep/x.yml"), (tmp_path / "b/deep/x.yml", "b/deep/x.yml"))


def test_the_house_covers_what_its_sources_write() -> None:
    known = coverage()
    assert {"process_creation", "registry_set", "ps_script", "network_connection"} <= known.categories
    assert {"security", "sysmon", "system", "windefend"} <= known.services
