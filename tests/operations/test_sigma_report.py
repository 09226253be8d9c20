"""Each imported rule is reported once: usable, never matching with its reason, or broken with its line."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hinomi.detect.coverage import why_never
from hinomi.detect.needs import source_named
from hinomi.detect.sigma_content import load_sigma
from hinomi.operations.sigma_report import coverage, report_sigma
from hinomi.schema.content import LogSource


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
    write(tmp_path / "in/deep/linux.yml", 2, logsource={"product": "linux", "category": "registry_set"})
    write(tmp_path / "in/unknown.yml", 3, logsource={"product": "windows", "service": "no-such"})
    write(tmp_path / "in/empty.yml", 4, detection={"x": {"User|expand": "%admins%"}, "condition": "x"})
    write(tmp_path / "in/broken.yml", 5, detection={"x": {"User|odd": "y"}, "condition": "x"})
    write(tmp_path / "one.yml", 6)
    write(tmp_path / "not_given.yml", 7)
    summary = report_sigma([tmp_path / "in", tmp_path / "one.yml"]).summary()
    assert [row["title"] for row in summary["imported"]] == ["Rule 1", "Rule 6"]
    assert {row["file"]: row["reason"] for row in summary["never_matching"]} == {
        "deep/linux.yml": "needs source Linux logs",
        "unknown.yml": "needs source windows no-such",
        "empty.yml": "its placeholders have no value: %admins%",
    }
    assert all(row["reason_ja"] for row in summary["never_matching"])
    (broken,) = summary["broken"]
    assert (broken["file"], broken["line"]) == ("broken.yml", 4)
    assert broken["message"] == "unknown modifier 'odd'"
    assert "修飾子" in broken["message_ja"]
    assert {row["kind"] for row in summary["imported"]} == {"rule"}


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


def correlation(path: Path, number: int, rules: list[str], **section: Any) -> None:
    path.write_text(
        yaml.safe_dump(
            {
                "title": f"Correlation {number}",
                "id": f"{number:08}-2222-4222-8222-222222222222",
                "name": f"c{number}",
                "correlation": {"type": "temporal", "rules": rules, "timespan": "5m", **section},
            }
        )
    )


def test_correlations_and_filters_are_accounted_for(tmp_path: Path) -> None:
    write(tmp_path / "rule.yml", 1, name="good")
    write(tmp_path / "cloud.yml", 2, name="cloud", logsource={"product": "aws", "service": "cloudtrail"})
    correlation(tmp_path / "a.yml", 3, ["good", "cloud"])
    correlation(tmp_path / "b.yml", 4, ["good", "cloud"], condition={"gte": 1})
    correlation(tmp_path / "c.yml", 5, ["c3"])
    correlation(tmp_path / "d.yml", 6, ["good", "cloud"], condition="good and not cloud")
    correlation(tmp_path / "e.yml", 7, ["nobody"])
    part = {"rules": ["good"], "x": {"User": "y"}, "condition": "not x"}
    added = {"title": "Ours", "logsource": {"product": "windows"}, "filter": part}
    (tmp_path / "f.yml").write_text(yaml.safe_dump(added))
    report = report_sigma([tmp_path])
    summary = report.summary()
    assert {row["title"] for row in summary["imported"]} == {"Rule 1", "Correlation 4", "Correlation 6"}
    needs = "its rules never match: needs source AWS CloudTrail"
    assert {row["title"]: row["reason"] for row in summary["never_matching"]} == {
        "Rule 2": "needs source AWS CloudTrail",
        "Correlation 3": needs,
        "Correlation 5": f"its rules never match: {needs}",
    }
    assert summary["filters"] == [{"title": "Ours", "file": "f.yml", "rules": 1}]
    assert [(row["file"], row["line"]) for row in summary["broken"]] == [("e.yml", 3)]
    assert {name for _, name in report.files} >= {f"{tmp_path.name}/f.yml", f"{tmp_path.name}/c.yml"}


def test_known_filters_may_be_named(tmp_path: Path) -> None:
    write(tmp_path / "rule.yml", 1)
    known, _ = load_sigma([tmp_path / "rule.yml"])
    folder = tmp_path / "more"
    folder.mkdir()
    correlation(folder / "a.yml", 3, [known[0].id], condition={"gte": 1})
    summary = report_sigma([folder], known=known).summary()
    assert [row["title"] for row in summary["imported"]] == ["Correlation 3"]
    assert summary["broken"] == []


@pytest.mark.shared_data
def test_every_log_source_of_the_community_has_a_name(shared_data: Path) -> None:
    """No rule falls back on the bare words of its log source."""
    known = coverage()
    filters, _ = load_sigma([shared_data / "sigma" / "rules" / "cloud", shared_data / "sigma" / "rules" / "network"])
    reasons = [why_never(one, known) for one in filters]
    assert all(reason is not None and reason.en.startswith("needs source ") for reason in reasons)
    bare = [one for one in filters if source_named(one.logsource).en == " ".join(filter(None, _parts(one.logsource)))]
    assert bare == []


def _parts(source: LogSource) -> tuple[str | None, ...]:
    return source.product, source.category, source.service
