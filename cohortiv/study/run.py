"""A study from its file to the judged claim."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from cohortiv.assessment.study_data import Absent, BeginsLaterError, StudyData, absent_index, read_study_data
from cohortiv.assessment.study_sample import sample_study_data
from cohortiv.config.study_paths import load_study
from cohortiv.config.validation import load_events, load_outcomes
from cohortiv.config.verdict import load_verdict_rules
from cohortiv.errors import DataError
from cohortiv.iv_index import REFERENCE_VOLATILITY
from cohortiv.positions import parse_as_of
from cohortiv.study.data_table import data_table, study_notes
from cohortiv.study.history import told_history
from cohortiv.study.index_series import SolvedSeries, solve_series
from cohortiv.study.outcome_pairs import candidates, why_not
from cohortiv.study.pairing import score_pair
from cohortiv.study.result import Study
from cohortiv.study.signals import DIRECTIONS, QUICK_ROTATIONS, ROTATIONS, TITLES, UNITS, common_of
from cohortiv.validation.daily_sentiment import daily_sentiment
from cohortiv.validation.sample import DAY
from cohortiv.validation.sentiment import SCORED, ScoredTexts, score_texts, scorers_with
from cohortiv.validation.verdict import scoring_rules
from cohortiv.volatility import CRITICAL_MASS, HORIZON_DAYS

Say = Callable[[str], None]


def run_study(
    study: str | Path = "", *, data: str | Path = "", as_of: str | None = None, say: Say | None = None
) -> Study:
    """Read a study's files, and hold its index series against what followed.

    Parameters
    ----------
    study : str or Path, optional
        Study file; empty takes the embedded SYNTHETIC sample.
    data : str or Path, optional
        Folder of the files that it names; empty takes the folder of the study file.
    as_of : str, optional
        Date or timestamp (UTC): nothing that became known after that day, or that moment, is in the study. The sample
        is always whole.
    say : callable, optional
        Takes one line of progress at a time; standard error if None.

    Returns
    -------
    Study

    Raises
    ------
    UsageError
        If the study file is wrong; the message names the file, the field, what was got and what is allowed.
    DataError
        If data are bad, or the primary pair cannot be made.
    """
    if not study:
        return scored_study(sample_study_data(say=say))
    until = _until(as_of)
    read = read_study_data(load_study(study, data=data), until=until, say=say)
    return scored_study(replace(read, last_snapshot=_last_snapshot(as_of, until)))


def scored_study(data: StudyData) -> Study:
    """Score a study whose data are read.

    Parameters
    ----------
    data : StudyData

    Returns
    -------
    Study

    Raises
    ------
    UsageError, DataError
        As for `run_study`.
    """
    study = data.study
    outcomes = load_outcomes(study.outcomes) if study.outcomes else load_outcomes()
    events = data.events or (load_events(study.events) if study.events else load_events())
    rules = load_verdict_rules(Path(study.verdict) if study.verdict else None)
    days = outcomes.definition(study.primary.outcome).horizon_days
    solved, data = _solved(data)
    scored = _scored_texts(data)
    sentiment = daily_sentiment(scored) if scored is not None else None
    every = candidates(solved, data, outcomes)
    reasons = {place: why for place, each in enumerate(every) if (why := why_not(each, data))}
    if 0 in reasons or not every or not every[0].primary:
        raise DataError(
            f"The primary pair of the study cannot be made: {reasons.get(0) or _why_no_primary(data)}. Name another "
            "one under primary, bring the data, or give a later --as-of."
        )
    common = common_of(data, sentiment, horizons_days=(each.definition.horizon_days for each in every))
    pairs = tuple(
        score_pair(
            each,
            data,
            version=outcomes.name,
            rules=rules,
            events=events,
            common=common,
            rotations=QUICK_ROTATIONS if data.synthetic else ROTATIONS,
        )
        for place, each in enumerate(every)
        if place not in reasons
    )
    left_out = [
        {"series": every[place].solved.given.source.name, "feed": every[place].feed,
         "outcome": every[place].definition.name, "why": why}
        for place, why in reasons.items()
    ]  # fmt: skip
    left_out += [row for each in data.absent if (row := _absent_pair(each))]
    histories = tuple(told_history(each, events, horizon_days=days) for each in solved)
    return Study(
        primary_why=study.primary.why,
        until=data.until,
        name=study.name,
        title=study.title,
        hypothesis=rules.hypothesis,
        synthetic=data.synthetic,
        series=histories,
        pairs=pairs,
        data=data_table(data, histories),
        titles=TITLES,
        units=UNITS,
        directions=DIRECTIONS,
        outcomes_version=outcomes.name,
        events_version=events.name,
        verdict_version=rules.name,
        rules=scoring_rules(rules),
        sentiment=sentiment.frame if sentiment is not None else pd.DataFrame(),
        sentiment_by_language=_by_language(scored),
        sentiment_left_out=_left_out(scored),
        not_paired=pd.DataFrame(left_out, columns=["series", "feed", "outcome", "why"]),
        critical_mass=study.critical_mass or CRITICAL_MASS,
        index_horizon_days=study.horizon_days or HORIZON_DAYS,
        reference_volatility=study.reference_volatility or REFERENCE_VOLATILITY * _kappa(every[0].solved),
        notes=study_notes(data),
    )


def _solved(data: StudyData) -> tuple[list[SolvedSeries], StudyData]:
    """The index series that have a snapshot by then, and the data without the others."""
    solved, absent = [], list(data.absent)
    for given in data.index:
        try:
            solved.append(solve_series(given, data))
        except BeginsLaterError as error:
            if data.until is None:
                raise
            absent.append(absent_index(given.source, error))
    return solved, replace(data, index=tuple(each.given for each in solved), absent=tuple(absent))


def _why_no_primary(data: StudyData) -> str:
    """Why no series and feed make up the primary pair."""
    primary = (("index", data.study.primary.series), ("liquidations", data.study.primary.feed))
    gone = [each.why for each in data.absent if (each.role, each.name) in primary]
    return gone[0] if gone else "its outcome is not scored"


def _absent_pair(source: Absent) -> dict[str, str]:
    """The pairs of a source that says nothing yet, in one row; empty for a comparator, which makes no pair."""
    if source.role == "comparator":
        return {}
    named = {"series" if source.role == "index" else "feed": source.name}
    every = {"series": "any series", "feed": "any feed", "outcome": "any outcome"}
    return every | named | {"why": f"not covered: {source.why}"}


def _kappa(solved: SolvedSeries) -> float:
    """Volatility of a series' symbol as a multiple of the market's [1]."""
    symbol = solved.given.source.symbol
    return solved.profile.comovement.kappa(symbol) if symbol else 1.0


def _until(as_of: str | None) -> pd.Timestamp | None:
    """The last moment that counts: the end of a day, or a moment."""
    if not as_of:
        return None
    wanted = parse_as_of(as_of)
    return pd.Timestamp(wanted) if isinstance(wanted, datetime) else pd.Timestamp(wanted) + DAY


def _last_snapshot(as_of: str | None, until: pd.Timestamp | None) -> pd.Timestamp | None:
    """The last moment at which an index is given: the midnight that ends a day is no part of that day."""
    if until is None or isinstance(parse_as_of(as_of or ""), datetime):
        return until
    return until - pd.Timedelta(1, "us")


def _scored_texts(data: StudyData) -> ScoredTexts | None:
    return None if data.texts is None else score_texts(data.texts, scorers_with(data.study.scorers))


def _by_language(scored: ScoredTexts | None) -> pd.DataFrame:
    """Texts by language: how many were scored, by what, and how many were not."""
    columns = ["language", "scorer", "scored", "not_scored"]
    if scored is None or scored.frame.empty:
        return pd.DataFrame(columns=columns)
    is_scored = (scored.frame["why"] == SCORED).groupby(scored.frame["language"])
    found = is_scored.agg(scored="sum", texts="size").reset_index()
    told = found.assign(
        scorer=[scored.scorers.get(str(code), "") for code in found["language"]],
        not_scored=found["texts"] - found["scored"],
    )
    return told.sort_values(["texts", "language"], ascending=[False, True], ignore_index=True)[columns]


def _left_out(scored: ScoredTexts | None) -> dict[str, int]:
    """Texts that were not scored, by reason."""
    if scored is None:
        return {}
    why = scored.frame["why"]
    return {str(reason): int(count) for reason, count in why[why != SCORED].value_counts().items()}
