"""The first screen: one sentence and five key figures."""

import math
from collections.abc import Callable
from datetime import date
from typing import Any

from cohortiv.assessment import CohortReading
from cohortiv.assessment.coverage import MISSING
from cohortiv.assessment.model_note import model_note
from cohortiv.assessment.settings import CRITICAL_MASS, HORIZON_DAYS, Basis
from cohortiv.findings.context import Findings
from cohortiv.iv_index import REFERENCE_VOLATILITY, Interval
from cohortiv.palette import CODES
from cohortiv.quantities import exact_percent, many, percent, points, points_range, price, signed, usd
from cohortiv.summary import METHODOLOGY_VERSION, as_of_text, data_quality, tvl_usd

SERIES = "IV Index risk report"
#: Share of an estimate from which a figure is called one [1].
MOSTLY = 0.5
#: Symbols that the headline names.
SYMBOLS_NAMED = 6
_NO_ACCOUNTS = "accounts are not known"
_BOTH_SIDES = "twice the open interest, as each contract counts on its long and on its short side"
_PAST = "the critical mass is already past its lines"


def headline(f: Findings) -> dict[str, Any]:
    """Arguments of `page.headline`."""
    result = f.result
    interval = _interval(f)
    symbol = result.settings.symbol
    return {
        "series": SERIES + ("" if result.reading.has_accounts else f", {result.reading.basis}") + unusual(f),
        "title": f"{symbol or 'All symbols'}: how near is a cascade?",
        "cohort": result.reading.cohort.title,
        "symbols": [symbol] if symbol else _few(result.reading),
        "as_of": as_of_text(result.reading) or "",
        "sentence": sentence(f),
        "key_figures": key_figures(f),
        "code": str(result.code),
        "code_held": None if result.code_held is None else str(result.code_held),
        "iv_index": None if result.grey or math.isnan(result.iv_index) else result.iv_index,
        "interval": vars(interval) if interval else None,
        "synthetic": result.reading.synthetic,
        "notice": model_note(result.reading),
    }


def unusual(f: Findings) -> str:
    """What of the definition differs from the usual one, to follow the name of the series; empty where nothing does."""
    settings, symbol = f.result.settings, f.result.settings.symbol
    anchor = REFERENCE_VOLATILITY * (f.result.reading.profile.comovement.kappa(symbol) if symbol else 1.0)
    parts = (
        ("critical mass", percent(settings.critical_mass), percent(CRITICAL_MASS)),
        ("horizon", f"{settings.horizon_days:g} days", f"{HORIZON_DAYS:g}"),
        ("reference volatility", percent(f.result.reference_volatility), percent(anchor)),
    )
    said = [f"{name} {used} instead of {usual}" for name, used, usual in parts if used.removesuffix(" days") != usual]
    return f", with {' and '.join(said)}" if said else ""


def _interval(f: Findings) -> Interval | None:
    """Interval of the index; none where there is no code, of which it would be the uncertainty."""
    uncertainty = f.result.uncertainty
    return None if uncertainty is None or f.result.grey else uncertainty.interval


def reasons(f: Findings) -> str:
    """Why there is no code, as part of a sentence."""
    said = "; ".join(f.result.grey)
    return f"{said[:1].lower()}{said[1:]}"


def _few(reading: CohortReading) -> list[str]:
    """The largest symbols that may be named, and how many more there are."""
    named = reading.told_symbols[:SYMBOLS_NAMED]
    more = len(reading.symbols) - len(named)
    return [*named, *([f"{more} more"] if more > 0 else [])]


def sentence(f: Findings) -> str:
    """The number, its change, what it means and where it stands in its history; or why there is no code."""
    result = f.result
    mass = exact_percent(result.settings.critical_mass)
    if result.grey:
        computed = (
            "" if math.isnan(result.iv_index) else " The figures below are computed all the same and bear no code."
        )
        return f"No code can be given: {reasons(f)}.{computed}"
    if result.iv_index == 0:
        return f"The critical mass of {mass} cannot be reached, so the IV Index is 0{_change(f)}: {_why_not(f)}."
    if math.isinf(result.iv_index):
        share = f.shown.share_past_line
        past = f"at least {mass}" if share is None else percent(share)
        return f"The IV Index is infinite: {past} of the leveraged notional is already past its lines."
    code = f"{CODES[str(result.code)].word}{_series(f)}"
    return (
        f"The IV Index stands at {points(result.iv_index)} ({code}){_change(f)}: within "
        f"{result.settings.horizon_days:g} days an annualised volatility of {percent(result.critical.value)} would "
        f"bring {mass} of the leveraged notional to its liquidation lines{_rank(f)}."
    )


def _series(f: Findings) -> str:
    """The code of the series, where it is not the snapshot's: it is the one that is acted on."""
    acting = f.result.acting_code
    return "" if acting is f.result.code else f"; the code of the series is still {CODES[str(acting)].word}"


def _why_not(f: Findings) -> str:
    """Why no volatility reaches the critical mass: too few lines, or lines that need never be touched."""
    hidden = f.shown.share_without_line
    if hidden is None:
        return "too little of the leveraged notional has a liquidation line near enough"
    if 1 - hidden < f.result.settings.critical_mass:
        return f"at most {percent(1 - hidden)} of the leveraged notional has liquidation lines"
    return (
        f"{percent(1 - hidden)} of the leveraged notional has liquidation lines, but lines above the price need not be "
        "touched however high the volatility"
    )


def _change(f: Findings) -> str:
    """Change since the previous issue, else since the snapshot before; where a venue is missing, that alone."""
    now = f.result.iv_index
    gone = [one.venue for one in f.result.reading.venues if one.status == MISSING]
    if gone:
        return f", without {' and '.join(gone)}, which {'is' if len(gone) == 1 else 'are'} missing"
    if not math.isfinite(now):
        return ""
    before = f.previous.get("iv_index") if f.previous else None
    if f.previous and isinstance(before, int | float) and _same_parameters(f):
        return f", {signed(now - before)} since the issue of {long_day(f.previous['as_of'])}"
    history = f.shown.history
    if len(history) > 1 and math.isfinite(last := float(history["iv_index"].iloc[-2])):
        before_that = history["as_of"].iloc[-2]
        same_day = before_that.date() == history["as_of"].iloc[-1].date()
        return f", {signed(now - last)} since {before_that:{'%H:%M UTC' if same_day else '%-d %B %Y'}}"
    return ""


def long_day(as_of: object) -> str:
    """Day of a time in ISO 8601 as a reader sees it: "18 February 2026"."""
    day = date.fromisoformat(str(as_of)[:10])
    return f"{day.day} {day:%B %Y}"


def _same_parameters(f: Findings) -> bool:
    """Whether the previous issue's index was measured as this one is, by the same major version of the method."""
    wanted = {
        "critical_mass": f.result.settings.critical_mass,
        "horizon_days": f.result.settings.horizon_days,
        "reference_volatility": f.result.reference_volatility,
    }
    previous = f.previous or {}
    method = str(previous.get("methodology_version")).partition(".")[0]
    same_method = method == METHODOLOGY_VERSION.partition(".")[0]
    return same_method and all(previous.get(name) == value for name, value in wanted.items())


def _rank(f: Findings) -> str:
    """Where the index stands among the snapshots of the source."""
    past = f.shown.history["iv_index"].dropna()
    if len(past) < 2:  # noqa: PLR2004 - one snapshot has no rank
        return ""
    lower = int((past.iloc[:-1] < past.iloc[-1]).sum())
    if len(past) == 2:  # noqa: PLR2004 - one before this one
        return f"; the index was {'' if lower else 'not '}lower in the snapshot before"
    return f"; the index was lower in {lower} of the {len(past) - 1} snapshots before"


def key_figures(f: Findings) -> list[dict[str, str]]:
    """Five numbers with their context."""
    result = f.result
    interval = _interval(f)
    profile = result.reading.profile
    critical = result.critical.value
    reachable = math.isfinite(critical)
    context = f"annualised; reference {exact_percent(result.reference_volatility)}" if reachable else "none reaches it"
    context = _PAST if critical == 0 else context
    span = f"90 % interval {points_range(interval.low, interval.high)}" if interval else "no interval"
    return [
        _figure(
            "IV Index", points(result.iv_index), ("no code" if result.grey else span) + _was(f, "iv_index", points)
        ),
        _figure(
            "Critical volatility",
            percent(critical) if reachable else "none",
            context + _was(f, "critical_volatility", percent),
        ),
        _figure(
            "Critical drawdown",
            _whole(result.moves.drawdown),
            _level(f, result.moves.drawdown, -1) + _was(f, "critical_drawdown", _whole),
        ),
        _figure(
            "Critical rally",
            _whole(result.moves.rally),
            _level(f, result.moves.rally, 1) + _was(f, "critical_rally", _whole),
        ),
        _figure(
            "Leveraged notional",
            usd(profile.leveraged_notional_usd),
            _accounts(f) + _tvl(f) + _was(f, "leveraged_notional_usd", usd),
        ),
    ]


def _whole(move: float | None) -> str:
    return percent(move, 0)


def _was(f: Findings, name: str, written: Callable[[float], str]) -> str:
    """A figure of the previous issue, to follow the context of this one's; nothing where it was measured otherwise."""
    before = f.previous.get(name) if f.previous else None
    if not isinstance(before, int | float) or not _same_parameters(f):
        return ""
    return f"; before {written(float(before))}"


def _accounts(f: Findings) -> str:
    """How many accounts there are, where that is known."""
    reading = f.result.reading
    if reading.has_accounts:
        return many(reading.figures.accounts, "account")
    return _BOTH_SIDES if reading.basis is Basis.OPEN_INTEREST else _NO_ACCOUNTS


def _tvl(f: Findings) -> str:
    """Value locked, and whether most of it is an estimate; nothing where it may not be told."""
    tvl = tvl_usd(f.result.reading)
    if tvl is None:
        return ""
    estimated = data_quality(f.result).estimated_collateral_share
    return f"; collateral (TVL) {usd(tvl)}" + (" (estimated)" if estimated is not None and estimated > MOSTLY else "")


def _level(f: Findings, move: float | None, sign: int) -> str:
    """Price at the end of a critical move."""
    if move is None:
        return "lines on that side never hold the critical mass"
    if move == 0:
        return _PAST
    if f.shown.mark_price is None:
        word = "fall" if sign < 0 else "rise"
        return f"smallest {word} whose lines hold {exact_percent(f.result.settings.critical_mass)} of the notional"
    return f"to {price(f.shown.mark_price * (1 + sign * move))}; mark {price(f.shown.mark_price)}"


def _figure(label: str, value: str, context: str) -> dict[str, str]:
    return {"label": label, "value": value, "context": context}
