"""The numbers of a result as the words that fill a playbook's sentences."""

import math
from collections.abc import Mapping
from datetime import datetime

from cohortiv.assessment import Assessment
from cohortiv.cascade import Cascade, Cliff, Direction, PriceImpact
from cohortiv.cascade.impact import DEPTH_MOVE
from cohortiv.early_warning import Code
from cohortiv.implications.cliff_range import cliff_range
from cohortiv.implications.consequences import Consequences
from cohortiv.implications.funding import FundingPressure
from cohortiv.implications.next_code import NextCode
from cohortiv.implications.options import HedgeCost
from cohortiv.implications.tier_warnings import TierWarning
from cohortiv.implications.what_if import ADDED_MAINTENANCE, Outcome
from cohortiv.iv_index import CriticalMoves
from cohortiv.palette import CODES
from cohortiv.quantities import exact_percent, percent, points, price, usd

#: Caps are told to a tenth below this, whole from it on, always downward [x].
WHOLE_CAPS_FROM = 10.0
#: Lowest cap that is told [x].
LOWEST_TOLD_CAP = 1.1
#: Factors from this on are told as more than it [1].
LARGEST_TOLD_FACTOR = 10.0
#: Smallest cost that is told as a number [1].
SMALLEST_COST = 1e-4

Words = Mapping[str, str | None]


def placeholder_values(result: Assessment, found: Consequences, *, mark_price: float | None) -> dict[str, str]:
    """Words for every placeholder that the result has a value for.

    Parameters
    ----------
    result : Assessment
    found : Consequences
        What follows from it.
    mark_price : float or None
        Mark of the single symbol [USD].

    Returns
    -------
    dict of str to str
        Keys are those of `config.playbook.PLACEHOLDERS`; all of `ALWAYS`, and of the others those that exist. A Grey
        result has `grey_reasons` only.
    """
    words: dict[str, str | None] = {**_always(result), "cascade_gap": _gap(found)}
    if result.code is Code.GREY:
        words["grey_reasons"] = "; ".join(result.grey) or None
    else:
        digits = 1 if result.reading.disclosed is None else 0
        words |= _index(result, found, mark_price, digits=digits)
        words |= _neighbours(found.next_codes, result.acting_code, digits=digits)
        words |= _cascade(found, mark_price)
        words |= _hedges(found)
        words |= _funding(found.funding, result.moves)
        words |= _margin(found, amounts=result.reading.disclosed is None)
        words["warned_tiers"] = _warned(found.warned)
    return {name: text for name, text in words.items() if text is not None}


def _always(result: Assessment) -> dict[str, str]:
    limits = result.reading.cohort.thresholds
    days = result.settings.horizon_days
    return {
        "cohort": result.reading.cohort.title,
        "code": CODES[str(result.acting_code)].word,
        "critical_mass": exact_percent(result.settings.critical_mass),
        "horizon": "1 day" if days == 1.0 else f"{days:g} days",
        "reference_volatility": exact_percent(result.reference_volatility),
        "yellow_edge": points(limits.yellow, 0),
        "red_edge": points(limits.red, 0),
        "notional": usd(result.reading.profile.leveraged_notional_usd),
    }


def _index(result: Assessment, found: Consequences, mark_price: float | None, *, digits: int) -> Words:
    moves, critical = result.moves, result.critical.value
    changed = found.spell is not None and not found.spell.from_start
    return {
        "iv_index": points(result.iv_index),
        "critical_volatility": percent(critical, 0) if 0.0 < critical < math.inf else None,
        "critical_drawdown": _move(moves.drawdown, digits),
        "critical_drawdown_price": _level(mark_price, moves.drawdown, -1.0),
        "critical_rally": _move(moves.rally, digits),
        "critical_rally_price": _level(mark_price, moves.rally, 1.0),
        "code_alone": CODES[str(result.code)].word if result.code is not result.acting_code else None,
        "code_since": _day(found.spell.since) if found.spell is not None and changed else None,
    }


def _neighbours(beside: tuple[NextCode, ...], now: Code, *, digits: int) -> Words:
    words: dict[str, str | None] = {}
    for neighbour in beside:
        way = "higher" if neighbour.code is Code.RED or now is Code.GREEN else "lower"
        words[f"{way}_code"] = CODES[str(neighbour.code)].word
        words[f"points_to_{way}"] = points(abs(neighbour.points)) if math.isfinite(neighbour.points) else None
        words[f"move_to_{way}"] = _nearer_move(neighbour, digits)
    return words


def _nearer_move(neighbour: NextCode, digits: int) -> str | None:
    """The smaller of a fall and a rise, in words."""
    ways = [
        (abs(math.log1p(move)), name, abs(move), level)
        for name, move, level in (
            ("fall", neighbour.fall, neighbour.fall_price_usd),
            ("rise", neighbour.rise, neighbour.rise_price_usd),
        )
        if move is not None
    ]
    if not ways:
        return None
    _, name, size, level = min(ways)
    return f"a {name} of {percent(size, digits)}" + (f" (to {price(level)})" if level is not None else "")


def _gap(found: Consequences) -> str:
    """Why there are no numbers of a cascade, to follow "the widening"."""
    if found.view.impact is None:
        return "can be told once depth is given"
    return "is withheld, as too few accounts are behind the lines" if found.falls is None else "is told here"


def _cascade(found: Consequences, mark_price: float | None) -> Words:
    impact = found.view.impact if found.falls is not None else None
    return {
        "depth": None if impact is None else _depth(impact),
        "shock": percent(found.view.shock, 0) if impact is not None else None,
        **_run(found.falls, "total_fall", "forced_selling"),
        "fall_amplification": None if found.falls is None else f"{found.falls.amplification[0]:.1f}",
        **_run(found.rises, "total_rise", "forced_buying"),
        **_cliff("cliff", found.fall_cliff, room=_room(found, "down", mark_price)),
        **_cliff("upper_cliff", found.rise_cliff, room=_room(found, "up", mark_price)),
        "spread_factor": None if found.spread is None else _times(found.spread.factor),
    }


def _room(found: Consequences, direction: Direction, mark_price: float | None) -> str | None:
    """Where a published ladder leaves room for a cliff, in words; None where the cascade ran on the lines."""
    room = found.fall_room if direction == "down" else found.rise_room
    return cliff_range(direction, room, mark_price=mark_price) if found.from_ladder else None


def _times(factor: float) -> str:
    """A factor to a hundredth where it is small; a large one says no more than that."""
    return f"{factor:.2f}" if factor < LARGEST_TOLD_FACTOR else f"more than {LARGEST_TOLD_FACTOR:g}"


def _depth(impact: PriceImpact) -> str | None:
    """Orders that move the price by 1 % before depth withdraws; None where nothing moves it."""
    scale = float(impact.scale)
    if scale == 0.0:
        return None
    reach = DEPTH_MOVE / scale
    return usd(reach if impact.law == "linear" else reach**2)


def _run(run: Cascade | None, total: str, forced: str) -> Words:
    if run is None or not run.forced_usd[0] > 0.0:
        return {}
    return {total: percent(float(run.total_moves[0])), forced: usd(float(run.forced_usd[0]))}


def _cliff(name: str, cliff: Cliff | None, *, room: str | None) -> Words:
    """A cliff; that of a published ladder is the one of lines spread evenly over its steps, and says so."""
    if cliff is None:
        return {f"{name}_range": room}
    evenly = "" if room is None else f" (lines spread evenly over each step; for all the ladder tells, it is {room})"
    return {
        name: f"{_size(cliff.shock)}{evenly}",
        f"{name}_start": _size(cliff.settled_move),
        f"{name}_price": None if cliff.price is None else price(cliff.price),
        f"{name}_end": _size(cliff.total_move),
    }


def _hedges(found: Consequences) -> Words:
    hedges = found.hedges
    if hedges is None:
        return {}
    spread = hedges.put_spread
    return {
        **_option("put", hedges.put, found),
        **_option("call", hedges.call, found),
        "put_spread_strikes": None if spread is None else _strikes(spread),
        "put_spread_cost": None if spread is None else _cost(spread.cost_share),
    }


def _option(name: str, hedge: HedgeCost | None, found: Consequences) -> Words:
    """Strike, cost, terms and payoff of a single option."""
    if hedge is None:
        return {}
    cliff = found.fall_cliff if hedge.move < 0.0 else found.rise_cliff
    end = None if cliff is None else math.copysign(cliff.total_move, hedge.move)
    source = "the reference volatility" if found.view.volatility is None else found.view.volatility_source
    days = "1 day" if hedge.days == 1.0 else f"{hedge.days:g} days"
    return {
        f"{name}_strike": _strike(hedge.move, hedge.strike_usd),
        f"{name}_cost": _cost(hedge.cost_share),
        f"{name}_terms": f"{days}, volatility {percent(hedge.volatility, 0)}, {source}",
        f"{name}_payoff": None if end is None else percent(hedge.payoff_share(end)),
    }


def _size(move: float) -> str:
    """Size of a move to a tenth of a percent, without a tenth that is none."""
    return exact_percent(round(abs(move), 3))


def _cost(share: float) -> str:
    """A cost in hundredths of a percent, which is how options are quoted."""
    return percent(share, 2) if share >= SMALLEST_COST else f"less than {percent(SMALLEST_COST, 2)}"


def _strikes(spread: HedgeCost) -> str:
    far = spread.sold_move if spread.sold_move is not None else spread.move
    return f"{_strike(spread.move, spread.strike_usd)} / {_strike(far, spread.sold_strike_usd)}"


def _strike(move: float, level: float | None) -> str:
    size = f"{_size(move)} {'below' if move < 0.0 else 'above'} the mark"
    return size if level is None else f"{price(level)} ({size})"


def _funding(pressure: FundingPressure | None, moves: CriticalMoves) -> Words:
    """Lean of the perpetual contracts now and after the nearer critical move."""
    if pressure is None or pressure.lean == "neither":
        return {}
    return {
        "net_long_share": percent(abs(pressure.net_long_share), 0),
        "lean": pressure.lean,
        "net_after": _net_after(pressure, moves),
    }


def _net_after(pressure: FundingPressure, moves: CriticalMoves) -> str | None:
    fall = math.inf if moves.drawdown is None else -math.log1p(-moves.drawdown)
    rise = math.inf if moves.rally is None else math.log1p(moves.rally)
    name, share = ("drawdown", pressure.after_drawdown) if fall <= rise else ("rally", pressure.after_rally)
    if share is None or math.isnan(share):
        return None
    return f"{percent(abs(share), 0)} net {'long' if share >= 0.0 else 'short'} after the critical {name}"


def _margin(found: Consequences, *, amounts: bool) -> Words:
    """Margin changes; how much margin one asks for would tell the notional above a cap, so a report leaves it out."""
    words: dict[str, str | None] = {}
    for change in found.changes:
        if change.outcome is not Outcome.SOLVED or change.value is None:
            continue
        lever = "cap" if change.lever == "leverage cap" else "top_up"
        told = _cap(change.value) if lever == "cap" else percent(math.ceil(change.value * 1000) / 1000)
        words[f"{lever}_to_{change.reached}"] = told
        words[f"{lever}_to_{change.reached}_margin"] = (
            usd(change.added_collateral_usd) if amounts and told is not None else None
        )
    raised = [row for row in found.what_ifs if row.lever == "maintenance"]
    return words | {
        "index_more_maintenance": points(raised[0].standing.iv_index) if raised else None,
        "added_maintenance": percent(ADDED_MAINTENANCE, 0) if raised else None,
    }


def _cap(value: float) -> str | None:
    """A cap rounded downward, so that it still does what it was solved for."""
    told = math.floor(value) if value >= WHOLE_CAPS_FROM else math.floor(value * 10) / 10
    return None if told < LOWEST_TOLD_CAP else f"{told:g}x"


def _warned(warned: tuple[TierWarning, ...]) -> str | None:
    """Tiers with their part and share; longs and shorts of one tier stand apart where they are published so."""
    named = [
        f"{item.tier} {item.side} ({percent(item.contribution, 0)} of the critical mass on {percent(item.share, 0)} "
        "of notional)"
        for item in warned
    ]
    if not named:
        return None
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _move(move: float | None, digits: int) -> str | None:
    return None if move is None else percent(move, digits)


def _level(mark_price: float | None, move: float | None, sign: float) -> str | None:
    return None if mark_price is None or move is None else price(mark_price * (1.0 + sign * move))


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
