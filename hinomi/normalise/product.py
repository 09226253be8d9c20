"""Which product's data a record of another maker is: the code that Search's data sets go by (`query/datasets.py`).

Judged by the names that a record holds, never by its file: what a network sensor, a cloud, an identity provider or a mail
system wrote is searched there; every other log is third-party. It is on no endpoint of ours, whatever machine it names.
"""

from collections.abc import Mapping
from typing import Any

PRODUCT = "HinomiProduct"  # the name under which an event carries its code
NETWORK, CLOUD, IDENTITY, MAIL, OTHER = "xns", "xct", "xis", "xms", "log"

Leaves = Mapping[str, Any]  # names in lower case without _, - and spaces; nested ones joined by dots

# any of these groups of names, each in full
_NAMES: tuple[tuple[str, tuple[frozenset[str], ...]], ...] = (
    # Zeek (docs.zeek.org, script reference: conn.log and its like), Suricata EVE (docs.suricata.io, Eve JSON Format)
    (
        NETWORK,
        (
            frozenset({"uid", "id.origh"}),
            frozenset({"uid", "idorigh"}),
            frozenset({"ts", "fuid"}),
            frozenset({"ts", "uids"}),
            frozenset({"ts", "certificate.version"}),
            frozenset({"path", "writets", "ts"}),
            frozenset({"@stream", "@proc", "ts"}),
            frozenset({"flowid", "eventtype"}),
        ),
    ),
    # Microsoft Entra sign-in logs, Okta System Log, Duo, CyberArk audit, JumpCloud Directory Insights
    (
        IDENTITY,
        (
            frozenset({"userprincipalname", "appdisplayname"}),
            frozenset({"properties.userprincipalname", "properties.appdisplayname"}),
            frozenset({"actor.alternateid", "eventtype"}),
            frozenset({"accessdevice.ip", "authdevice.name"}),
            frozenset({"isotimestamp", "eventtype", "username"}),
            frozenset({"audittype", "identitytype", "tenantid"}),
            frozenset({"azureactivedirectoryeventtype", "userid"}),
            frozenset({"initiatedby.id", "eventtype", "organization"}),
        ),
    ),
    # Microsoft 365 message trace, logs of mail gateways
    (
        MAIL,
        (
            frozenset({"messagetraceid"}),
            frozenset({"messageid", "senderaddress", "recipientaddress"}),
            frozenset({"messageid", "senderip", "subject"}),
            frozenset({"senderenvelope"}),
            frozenset({"envelope.from"}),
        ),
    ),
    # AWS CloudTrail and GuardDuty, Google Cloud audit logs, Azure activity logs, Microsoft 365 management activity
    (
        CLOUD,
        (
            frozenset({"eventsource", "awsregion"}),
            frozenset({"accountid", "region", "service.servicename"}),
            frozenset({"protopayload.methodname"}),
            frozenset({"logname", "resource.labels.projectid"}),
            frozenset({"operationname", "resourceid", "category"}),
            frozenset({"operationname.value", "resourceid"}),
            frozenset({"workload", "recordtype", "organizationid"}),
        ),
    ),
)
_SIGN_INS = ("signinlogs", "auditlogs")


def product_of(leaves: Leaves) -> str:
    """The code; OTHER for what is none of these."""
    if str(leaves.get("category", "")).lower().endswith(_SIGN_INS):
        return IDENTITY
    for code, groups in _NAMES:
        if any(group <= leaves.keys() for group in groups):
            return code
    return OTHER
