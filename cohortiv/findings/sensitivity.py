"""How far the index moves with its parameters, and what other readings of the critical mass give."""

import math

from cohortiv.findings.context import Findings, Words
from cohortiv.quantities import percent, points, points_range


def parameters(f: Findings) -> Words:
    """The index when one parameter changes, and the other readings of the critical mass."""
    table = f.shown.sensitivity
    finite = table[table["iv_index"].map(math.isfinite)]
    measure = "IV Index when one parameter changes and the others stay"
    if finite.empty:
        return f.words("index-sensitivity", "No parameter gives a finite index", measure, reading=_readings(f))
    ranges = finite.groupby("parameter")["iv_index"]
    low, high = ranges.min(), ranges.max()
    hidden = [str(name) for name in table.loc[table["iv_index"].isna(), "parameter"].unique()]
    widths = (high - low).drop(hidden, errors="ignore")
    spans = {str(name): points_range(float(low[name]), float(high[name])) for name in widths.index}
    said = [f"{name.lower()} {span}" for name, span in spans.items()]
    said += [f"{name.lower()}: withheld, too few accounts are behind the lines" for name in hidden]
    title = "What the parameters change is withheld"
    if spans:
        widest = str(widths.idxmax())
        title = f"{widest} matters most{' of those told' if hidden else ''}: {spans[widest]}"
        title = f"At every value tried the index is {spans[widest]}" if len(set(spans.values())) == 1 else title
        title = "No parameter tried changes the index" if float(widths.max()) == 0 else title
    reading = f"Over the values tried the index runs over: {'; '.join(said)}. {_readings(f)}"
    return f.words("index-sensitivity", title, measure, reading=reading)


def _readings(f: Findings) -> str:
    result = f.result
    said = (
        f"Two other readings of the critical mass: the volatility whose one-standard-deviation move reaches the nearer "
        f"critical move is {percent(result.quantile.volatility)} (index {points(result.quantile.iv_index)})"
    )
    if not result.reading.has_accounts:
        return f"{said}; the reading on the largest positions needs accounts, which are not known."
    if "largest_positions" in result.reading.withheld.figures:
        return f"{said}; the reading on the largest positions is withheld, too few accounts are behind it."
    return (
        f"{said}; half of the largest positions' notional is expected to be touched at "
        f"{percent(result.largest.volatility)} (index {points(result.largest.iv_index)})."
    )
