"""Values that mean the same whoever the provider is: the `eventData*` fields, named after them."""

from hinomi.normalise.source import Recipe, Take
from hinomi.normalise.values import address, first
from hinomi.schema.activity import FIELDS

_PREFIX = "eventData"

# eventDataTargetUserName is the record's TargetUserName, and so on for every such field
EVENT_DATA: dict[str, Recipe] = {
    **{name: name[len(_PREFIX) :] for name in FIELDS if name.startswith(_PREFIX)},
    "eventDataIpAddress": Take(address, "IpAddress"),
    # The same facts under the names of another provider (System 7045 beside Security 4697)
    "eventDataServiceFileName": Take(first, "ServiceFileName", "ImagePath"),
    "eventDataServiceStartType": Take(first, "ServiceStartType", "StartType"),
    "eventDataServiceAccount": Take(first, "ServiceAccount", "AccountName"),
    "eventDataSubjectUserSid": "SubjectUserSid",
    "eventDataTargetSid": Take(first, "TargetSid", "TargetUserSid"),
    "eventDataObjectDN": Take(first, "ObjectDN", "DSName"),
}
