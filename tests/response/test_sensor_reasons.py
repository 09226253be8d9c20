from hinomi.response.sensor_reasons import in_japanese
from hinomi.sensor import guards
from hinomi.sensor.windows import block_list as windows


def test_what_sensors_say_of_the_list_has_japanese_words() -> None:
    said = [reason for kind, (_, reason) in windows.TOLD.items() if kind not in ("url", "senderMailAddress")]
    said += [
        guards.FLAGGED_TOLD,
        guards.NAMES_TOLD,
        f"{guards.FILES_TOLD.format('/srv, /home')} /x: Operation not permitted",
    ]
    said += ["nft is not installed (package nftables)", "needs root"]
    assert [reason for reason in said if in_japanese(reason) == reason] == []


def test_names_in_a_reason_stay_and_what_is_not_known_stays_whole() -> None:
    assert in_japanese(guards.FILES_TOLD.format("/srv")).startswith("/srv からの")
    assert in_japanese("a reason of tomorrow") == "a reason of tomorrow"
