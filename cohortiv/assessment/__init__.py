"""One snapshot of one cohort, from its source to a coded result."""

from cohortiv.assessment.exclusions import excluded_share, exclusions
from cohortiv.assessment.reading import CohortReading, read_cohort
from cohortiv.assessment.result import Assessment, assess
from cohortiv.assessment.settings import Settings

__all__ = ["Assessment", "CohortReading", "Settings", "assess", "excluded_share", "exclusions", "read_cohort"]
