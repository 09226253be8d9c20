"""The data sets of Search: which activities are which, by the product that saw them.

    endpoint | network | mail | cloud | identity | detections | thirdparty | all

Source of the product codes: docs/reference/query.md, data sets. `detections` are not activities; they have their own table.
"""

from collections.abc import Mapping
from enum import StrEnum

from hinomi.query.refusal import QueryError, nearest


class DataSet(StrEnum):
    ENDPOINT = "endpoint"
    NETWORK = "network"
    MAIL = "mail"
    CLOUD = "cloud"
    IDENTITY = "identity"
    DETECTIONS = "detections"
    THIRDPARTY = "thirdparty"
    ALL = "all"


# productCode of the activities; every other code is another maker's log
PRODUCTS: Mapping[DataSet, tuple[str, ...]] = {
    DataSet.ENDPOINT: ("xes", "sao", "sds", "stp"),
    DataSet.NETWORK: ("xns", "pdi", "pds"),
    DataSet.MAIL: ("xms", "sca", "scs"),
    DataSet.CLOUD: ("xcs", "xct", "scl"),
    DataSet.IDENTITY: ("xis", "sid"),
}
# sources that write no product code are on endpoints
_UNNAMED = ""


def condition_of(dataset: DataSet) -> str:
    """A condition in SQL over activities; constants of ours only. "" for all of them."""
    if dataset in (DataSet.ALL, DataSet.DETECTIONS):
        return ""
    if dataset is DataSet.THIRDPARTY:
        known = [code for codes in PRODUCTS.values() for code in codes]
        return f"productCode NOT IN ({_listed([_UNNAMED, *known])})"
    codes = PRODUCTS[dataset]
    return f"productCode IN ({_listed([_UNNAMED, *codes] if dataset is DataSet.ENDPOINT else codes)})"


def _listed(codes: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def read_dataset(text: str | None) -> DataSet:
    """The data set of that name, in any case; empty is all. QueryError names those there are."""
    name = (text or "").strip().lower() or DataSet.ALL
    if name not in set(DataSet):
        there, near = ", ".join(DataSet), nearest(name[:40], DataSet)
        raise QueryError(
            f"no data set {name[:40]!r}; {f'nearest: {near!r}; ' if near else ''}there are {there}",
            f"データセット {name[:40]!r} はありません。{f'近いもの: {near!r}。' if near else ''}使えるもの: {there}",
        )
    return DataSet(name)
