"""Limits, method and the record of a validation report, in words and as numbers for machines."""

from cohortiv import __version__
from cohortiv.findings.headline import long_day
from cohortiv.findings.validation import (
    ValidationFindings,
    as_of_text,
    best_comparator,
    last_snapshot_text,
)
from cohortiv.findings.validation_overlap import overlap_words
from cohortiv.findings.validation_scores import COVERS, OWN_LINES
from cohortiv.plain import plain_values
from cohortiv.quantities import percent
from cohortiv.study.result import Pair
from cohortiv.summary import METHODOLOGY_VERSION, SCHEMA_VERSION
from cohortiv.validation.scores import AUROC


def method(f: ValidationFindings) -> str:
    """The method with this study's rules."""
    rules = f.study.rules
    return (
        f"Each signal at time t is held against what followed in (t, t + {f.pair.horizon_days:g} days]. Only what was "
        "known at t enters: a score, a threshold, a probability and a weight are made of rows whose outcome was over "
        f"by then{_looking_ahead(f)}. Event rows at most one horizon apart are one independent event. Below "
        f"{rules.fewest_events} independent events no metric is given. Intervals are percentiles of {rules.draws:,} "
        f"stationary block bootstrap resamples at {percent(rules.level, 0)}, with a block length that the data "
        f"choose; they cover somewhat less than stated. {COVERS} DeLong's interval takes rows for "
        "independent; it is far too narrow here and shown as secondary. Dated events are held against alarms apart "
        "from the outcome. Which way is dangerous was fixed beforehand "
        "for every signal: more is worse."
    )


def _looking_ahead(f: ValidationFindings) -> str:
    """What of a reconstructed index was not known at the time."""
    if not f.series.basis.startswith("reconstructed"):
        return ""
    return "; the tier mix and the brackets of the reconstruction are assumed, and may be from after t"


def directions(f: ValidationFindings) -> str:
    """Why a higher value is taken to be more dangerous, a line a signal."""
    told = [name for name in f.pair.signals.columns if name in f.study.directions]
    return "\n".join(
        f"- **{f.title(str(name))}** ({f.study.units.get(str(name), '–')}): {f.study.directions[name]}."
        for name in told
    )


def limits(f: ValidationFindings) -> str:
    """What the result does not say."""
    said = [
        *f.study.notes,
        *(f"{each.title}: {note}" for each in f.study.series for note in each.notes),
        *(
            f"{each.title}: open interest is stood in for by {each.stand_in}"
            for each in f.study.series
            if each.stand_in
        ),
        overlap_words(f),
        *([OWN_LINES] if f.pair.result.definition.source == "profile" else []),
        "“Not supported” says that these data do not show it, not that the opposite is true",
        "Few crises make few independent events; intervals are wide, and one more event can change a score",
        "The pair that is judged was named beforehand; the other pairs share its prices, and are not independent",
        "Comparators that need data which is not given are missing, and the conditions on them stay open",
    ]
    return "\n".join(f"- {sentence.rstrip('.')}." for sentence in said if sentence)


def about(f: ValidationFindings) -> str:
    """Readers, data and versions."""
    study = f.study
    return (
        "**Intended readers**: model validators, and risk desks that want to know what a warning is worth. Not "
        f"investment advice.\n\n**Study**: {study.title} ({study.name}).\n\n**Data and cut-off**: {f.files}; last "
        f"snapshot {long_day(last_snapshot_text(f))}; nothing that became known after {long_day(as_of_text(f))}."
        f"\n\n**Method**: version {METHODOLOGY_VERSION}, see "
        f"METHODOLOGY.md of the package. Rules {study.verdict_version}, outcomes {study.outcomes_version}, dated "
        f"events {study.events_version}."
    )


def validation_values(f: ValidationFindings) -> dict[str, object]:
    """The key `validation` of `summary.json`: the verdict, its conditions, and every pair's score.

    Parameters
    ----------
    f : ValidationFindings

    Returns
    -------
    dict
        Numbers unrounded; a number that is not given is None.
    """
    verdict, best = f.pair.verdict, best_comparator(f)
    conditions = [vars(condition) for condition in verdict.conditions]
    found: dict[str, object] = {
        "verdict": verdict.answer,
        "hypothesis": f.study.hypothesis,
        "study": f.study.name,
        "rules": verdict.rules.name,
        "outcomes": f.study.outcomes_version,
        "events_list": f.study.events_version,
        "best_comparator": best,
        "conditions": conditions,
        "pairs": [_pair_values(f, pair) for pair in f.study.pairs],
    }
    return {name: plain_values(value) for name, value in found.items()}


def _pair_values(f: ValidationFindings, pair: Pair) -> dict[str, object]:
    row = f.score(f.signal, AUROC, pair)
    return {
        "series": pair.series,
        "feed": pair.feed,
        "outcome": pair.outcome,
        "primary": pair.primary,
        "horizon_days": pair.horizon_days,
        "status": pair.status,
        "events": pair.events,
        "verdict": pair.verdict.answer,
        "auroc": {name: float(row[name]) for name in ("value", "low", "high")},
    }


def summary(f: ValidationFindings) -> dict[str, object]:
    """What `summary.json` holds: the last snapshot's index and code, and the verdict.

    Parameters
    ----------
    f : ValidationFindings

    Returns
    -------
    dict
        The keys of every report; what a study has not is None.
    """
    last = f.series.frame.iloc[-1]
    study = f.study
    nothing = dict.fromkeys(
        ("interval", "code_probability", "critical_drawdown", "critical_rally", "readings", "tvl_usd", "positions",
         "accounts", "share_without_line", "share_past_line", "cascade", "data_quality", "leveraged_notional_usd")
    )  # fmt: skip
    found: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "as_of": as_of_text(f),
        "cohort": f.series.name,
        "symbols": [f.series.symbol] if f.series.symbol else [],
        "synthetic": study.synthetic,
        "code": last["code"],
        "code_held": last["code_held"] if len(f.series.frame) > 1 else None,
        "iv_index": float(last["iv_index"]),
        "critical_volatility": float(last["critical_volatility"]),
        "reference_volatility": study.reference_volatility,
        "horizon_days": study.index_horizon_days,
        "critical_mass": study.critical_mass,
        **nothing,
        "tiers": [],
        "methodology_version": METHODOLOGY_VERSION,
        "package_version": __version__,
    }
    return {name: plain_values(value) for name, value in found.items()} | {"validation": validation_values(f)}
