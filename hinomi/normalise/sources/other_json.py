"""JSON of writers that have no source yet: kept whole with its time and machine, values under their own dotted names.

Of what network sensors and clouds write, the few values by which everything else is found: addresses, ports, names.
"""

from ipaddress import ip_address
from typing import Any

from hinomi.normalise.product import CLOUD, IDENTITY, NETWORK, PRODUCT
from hinomi.normalise.source import Mapping, Source, Split, Take
from hinomi.normalise.values import address, first, integer, protocol

_LOG = 16


def _address(*values: Any) -> str | None:
    """The first that is an address: clouds write the name of a service there too."""
    return next((found for value in values if (found := address(value)) and _is_address(found)), None)


def _number(*values: Any) -> int | None:
    return next((found for value in values if (found := integer(value)) is not None), None)


def _name(*values: Any) -> str | None:
    """The first that is a name of a host, without its port."""
    for value in values:
        host, _, port = (first(value) or "").rpartition(":")
        name = (host if host and port.isdecimal() else first(value) or "").rstrip(".")
        if "." in name and not _is_address(name):
            return name
    return None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _asked_name(*values: Any) -> str | None:
    """The name that was asked for. `host` is one only beside the path of a request; else it is the sensor's own."""
    *names, host, path = values
    return _name(*names) or (_name(host) if path is not None else None)


_OF_NETWORK = Mapping(
    event=_LOG,
    fields={
        "src": Take(_address, "id.orig_h", "id_orig_h", "src_ip"),
        "spt": Take(_number, "id.orig_p", "id_orig_p", "src_port"),
        "dst": Take(_address, "id.resp_h", "id_resp_h", "dest_ip"),
        "dpt": Take(_number, "id.resp_p", "id_resp_p", "dest_port"),
        "proto": Take(protocol, "proto"),
        "hostName": Take(_asked_name, "query", "server_name", "dns.rrname", "tls.sni", "http.hostname", "host", "uri"),
    },
)
_OF_ACCOUNTS = Mapping(
    event=_LOG,
    fields={
        "src": Take(
            _address, "sourceIPAddress", "protoPayload.requestMetadata.callerIp", "callerIpAddress", "ipAddress",
            "properties.ipAddress", "client.ipAddress", "access_device.ip", "client_ip",
        ),
    },
)  # fmt: skip
SOURCE = Source(
    name="other_json",
    events={},
    otherwise=Split(
        PRODUCT,
        {NETWORK: _OF_NETWORK, CLOUD: _OF_ACCOUNTS, IDENTITY: _OF_ACCOUNTS},
        otherwise=Mapping(event=_LOG),
    ),
)
