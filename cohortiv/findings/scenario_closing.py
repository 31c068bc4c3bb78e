"""What a scenario closes, by tier, and who pays beyond bankruptcy: rows, titles and readings."""

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.scenario import ScenarioFindings
from cohortiv.published_scenario import ALL_TIERS
from cohortiv.quantities import percent, usd

#: Share of a tier from which it is named [1].
HALF = 0.5
BACKSTOP_NOTE = "Every forced order is taken to be filled where the cascade ends: the worst that it can do."
BACKSTOP_COLUMNS = (
    ("state", "State", "{}", "left"),
    ("venue", "Venue", "{}", "left"),
    ("shortfall_usd", "Losses beyond bankruptcy (USD)", "{:,.0f}", "right"),
    ("insurance_used_usd", "Paid by the fund (USD)", "{:,.0f}", "right"),
    ("auto_deleveraged_usd", "Taken from winning accounts (USD)", "{:,.0f}", "right"),
)
_CLOSED = ["state", "tier", "notional_usd", "share", "positions", "position_share"]


def damage_rows(f: ScenarioFindings) -> pd.DataFrame:
    """What `charts.tier_damage` draws: tier, tier_floor, state, share."""
    rows = _closed(f)
    drawn = rows.loc[rows["tier"] != ALL_TIERS, ["tier", "tier_floor", "state", "share"]]
    return drawn.dropna(subset="share").reset_index(drop=True)


def _closed(f: ScenarioFindings) -> pd.DataFrame:
    """What is closed of each state that is drawn, by tier and in all."""
    parts = [one.damage[one.damage["state"] == state.name].assign(state=name) for name, one, state in f.named_states]
    return pd.concat(parts, ignore_index=True)


def damage(f: ScenarioFindings) -> Words:
    """What the total move after the headline shock closes, by tier."""
    rows = damage_rows(f)
    measure = "Share of each tier's leveraged notional that the total move after the headline shock closes"
    if rows.empty:
        none = (
            "What a move closes by tier, how many accounts that is and who pays beyond bankruptcy are withheld: "
            "neither tiers nor venues of these positions are cleared line by line."
        )
        title = "What each tier loses is withheld" if not f.is_exact else "Nothing is leveraged"
        return f.words("tier-damage", title, measure, reading=none if not f.is_exact else "No position is leveraged.")
    worst = rows.iloc[int(rows["share"].to_numpy().argmax())]
    title = f"The move closes {percent(worst['share'], 0)} of tier {worst['tier']}"
    said = [f"{name}: {_hit_words(rows[rows['state'] == name])}" for name in dict.fromkeys(rows["state"])]
    return f.words("tier-damage", title, measure, reading=f"{'; '.join(said)}.")


def _hit_words(rows: pd.DataFrame) -> str:
    hit = rows[rows["share"] >= HALF].sort_values("tier_floor")
    if hit.empty:
        return "no tier loses half of its notional"
    return f"half or more is closed of {', '.join(hit['tier'])}"


def closed_rows(f: ScenarioFindings) -> pd.DataFrame:
    """Rows of the table of what is closed: each tier of one scenario and all of them, of several scenarios all only."""
    rows = _closed(f)
    return (rows if len(f.shown) == 1 else rows[rows["tier"] == ALL_TIERS])[_CLOSED].reset_index(drop=True)


def closed_columns(f: ScenarioFindings) -> tuple[tuple[str, str, str, str], ...]:
    """Columns of that table: key, label, pattern and alignment; positions are accounts where each holds one."""
    counted = _counted(f)
    return (
        ("state", "State", "{}", "left"),
        ("tier", "Tier", "{}", "left"),
        ("notional_usd", "Closed (USD)", "{:,.0f}", "right"),
        ("share", "Share of notional", "{:.1%}", "right"),
        ("positions", f"{counted.capitalize()} closed", "{:,.0f}", "right"),
        ("position_share", f"Share of {counted}", "{:.1%}", "right"),
    )


def _counted(f: ScenarioFindings) -> str:
    return "accounts" if all(one.one_position_each for one in f.shown) else "positions"


def closed_table(f: ScenarioFindings) -> Words:
    """How many accounts, or positions, the total move closes."""
    counted, rows = _counted(f), closed_rows(f)
    measure = "Closed by the total move after the headline shock, both sides"
    whole = rows[rows["tier"] == ALL_TIERS].dropna(subset="position_share")
    if whole.empty:
        none = "No position is leveraged" if f.is_exact else f"How many {counted} a move closes is withheld"
        return f.words("closed", none, measure)
    least, most = (percent(float(bound), 0) for bound in (whole["position_share"].min(), whole["position_share"].max()))
    title = f"{most if least == most else f'{least} to {most}'} of {counted} are closed"
    same = "Every account of a made-up cohort holds one position, so positions closed are accounts closed. "
    note = (
        "Expected numbers: the positions of a bin of lines are spread evenly over it, and one closed in steps counts "
        "in parts."
    )
    note = f"{same}{note}" if counted == "accounts" else note
    return f.words("closed", title, measure, note=note, reading=_most(f, counted))


def _most(f: ScenarioFindings, counted: str) -> str:
    """The tier in which most are closed, state by state."""
    rows = _closed(f)
    said = []
    for state, part in rows[rows["tier"] != ALL_TIERS].groupby("state", sort=False):
        most = part.iloc[int(part["positions"].to_numpy().argmax())]
        told = f"most of the {counted} closed, {most['positions']:,.0f}, are in tier {most['tier']}"
        said.append(f"{state}: {told if most['positions'] else f'no {counted} are closed'}")
    return f"{'; '.join(said)}."


def backstop_rows(f: ScenarioFindings) -> pd.DataFrame:
    """Who pays beyond bankruptcy, by state and venue; only of venues whose liquidation a scenario describes."""
    parts = [
        one.backstops[one.backstops["state"] == state.name].assign(state=name) for name, one, state in f.named_states
    ]
    return pd.concat(parts, ignore_index=True)


def backstops(f: ScenarioFindings) -> Words:
    """Who pays beyond bankruptcy; where no row tells it, the reading says why."""
    rows = backstop_rows(f)
    measure = "Losses beyond bankruptcy at the end of the cascade, and who bears them"
    if rows.empty:
        title = "No venue's fund is described" if f.is_exact else "Who pays beyond bankruptcy is withheld"
        reading = (
            "Who pays for losses beyond bankruptcy is not told: no scenario here says how its venues liquidate and "
            "what their funds hold."
            if f.is_exact
            else ""
        )
        return f.words("backstops", title, measure, reading=reading)
    taken = float(rows["auto_deleveraged_usd"].sum())
    title = f"{usd(taken)} is taken from winning accounts" if taken else "The funds pay all losses beyond bankruptcy"
    return f.words("backstops", title, measure, note=BACKSTOP_NOTE, reading=_paid(rows))


def _paid(rows: pd.DataFrame) -> str:
    """What each state's funds leave over, and where."""
    short = rows[rows["auto_deleveraged_usd"] > 0]
    if short.empty:
        return "Every fund holds more than it pays."
    said = [
        f"{row['state']}: the fund of {row['venue']} pays {usd(row['insurance_used_usd'])} of "
        f"{usd(row['shortfall_usd'])}"
        for row in short.to_dict("records")
    ]
    return f"{'; '.join(said)}; winning accounts bear the rest."
