"""The validation study: from files that a study file names to a judged claim."""

from cohortiv.study.result import IndexHistory, LearnedWeights, Pair, Study
from cohortiv.study.run import run_study, scored_study

__all__ = ["IndexHistory", "LearnedWeights", "Pair", "Study", "run_study", "scored_study"]
