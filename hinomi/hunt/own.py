"""What is one's own: private addresses, names that mean nothing outside. In: text. Out: yes or no; nothing is looked up."""

import ipaddress

# Source: RFC 1918, 1122, 3927, 4193, 4291, 6598; IANA special-purpose address registries
_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "224.0.0.0/4", "255.255.255.255/32", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip
# Source: RFC 6762 appendix G, RFC 8375, RFC 6761, ICANN resolution on .internal
_PRIVATE_ENDS = (
    "local",
    "localdomain",
    "localhost",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
)


def read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, IPv4 in IPv6 as IPv4; None when it is none."""
    try:
        found = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_private_address(text: str) -> bool:
    found = read_address(text)
    return found is not None and any(found in network for network in _PRIVATE if network.version == found.version)


def is_private_name(text: str) -> bool:
    """A name without a dot, or one whose end no public server knows. In-addr names of private addresses are not looked at."""
    name = text.strip(".").lower()
    return "." not in name or any(name.endswith(f".{end}") for end in _PRIVATE_ENDS)
