import pytest

from hinomi.errors import InputError, TooLarge
from hinomi.response import yara_check
from hinomi.response.yara_check import YaraRefused, rule_names

RULE = 'rule demo_script { strings: $a = "hinomi-test.hive" condition: $a }'


def test_the_names_of_the_rules_are_told() -> None:
    assert rule_names(RULE + "\nrule other { condition: filesize < 10 }") == ["demo_script", "other"]


def test_an_error_is_told_with_its_line() -> None:
    with pytest.raises(YaraRefused, match=r"line 2: unknown pattern") as told:
        rule_names("rule a {\n condition: $b }")
    assert told.value.details["errors"][0]["line"] == 2
    assert told.value.details["errors"][0]["column"] == 13


@pytest.mark.parametrize(
    "text", ['include "/etc/passwd"', "rule {", "\0", "rule a { condition: true } rule a { condition: true }"]
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        rule_names(text)


def test_what_is_too_long_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        rule_names("/" * (yara_check.MAX_RULES_BYTES + 1))


def test_compiling_has_an_end() -> None:
    with pytest.raises(InputError, match="longer than"):
        rule_names(RULE, seconds=0.0)
