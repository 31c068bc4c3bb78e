"""What a result says, in sentences: a result in, words out."""

from cohortiv.findings import about, actions, cascade, figures, sensitivity, tables
from cohortiv.findings.context import Findings, Words, read_previous
from cohortiv.findings.headline import headline
from cohortiv.findings.issue import issue

__all__ = [
    "Findings",
    "Words",
    "about",
    "actions",
    "cascade",
    "figures",
    "headline",
    "issue",
    "read_previous",
    "sensitivity",
    "tables",
]
