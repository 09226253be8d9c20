"""A saved query as Search asks it: hunting stands below the rooms that know how."""

from hinomi.api.asked import Asked
from hinomi.detect.content import Content
from hinomi.lake.breakdown import Question
from hinomi.query.datasets import read_dataset


def ask_of(query: str, dataset: str, content: Content) -> Question:
    """A saved query as Search would ask it, over all time. QueryError."""
    return Asked(query, read_dataset(dataset), None, None).question_with(content)
