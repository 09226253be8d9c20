"""The sources: one file per writer of records. To add one: docs/how-to/add-a-source.md."""

from hinomi.normalise.source import Source
from hinomi.normalise.sources import (
    collector_kit,
    hinomi_sensor,
    other_json,
    windows_bits,
    windows_code,
    windows_defender,
    windows_mssql,
    windows_network,
    windows_other,
    windows_powershell,
    windows_rdp,
    windows_security,
    windows_sysmon,
    windows_system,
    windows_tasks,
    windows_wmi,
)

# The first that knows the provider wins, else the first that knows the channel; the last two take what is left.
SOURCES: tuple[Source, ...] = (
    windows_sysmon.SOURCE,
    windows_security.SOURCE,
    windows_powershell.SOURCE,
    windows_system.SOURCE,
    windows_defender.SOURCE,
    windows_tasks.SOURCE,
    windows_wmi.SOURCE,
    windows_bits.SOURCE,
    windows_rdp.SOURCE,
    windows_network.SOURCE,
    windows_code.SOURCE,
    windows_mssql.SOURCE,
    hinomi_sensor.SOURCE,
    collector_kit.SOURCE,
    windows_other.SOURCE,
    other_json.SOURCE,
)

_BY_PROVIDER = {name: source for source in reversed(SOURCES) for name in source.providers}
_BY_CHANNEL = {name: source for source in reversed(SOURCES) for name in source.channels}


def source_of(product: str, provider: str, channel: str) -> Source:
    """Never none: `windows_other` and `other_json` keep what nobody knows. A name up to its `$` stands for all like it."""
    name = provider.lower()
    found = _BY_PROVIDER.get(name) or _BY_PROVIDER.get(name.partition("$")[0] + "$")
    if product != "windows":
        return found if found and found.product == product else other_json.SOURCE
    return found or _BY_CHANNEL.get(channel.lower()) or windows_other.SOURCE
