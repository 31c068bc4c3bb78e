"""The live what-if of a notebook: each answer as a sentence and a figure, ready for widgets to call."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cohortiv import charts, page
from cohortiv.assessment import Assessment
from cohortiv.cascade import Cascade
from cohortiv.charts import alt_text
from cohortiv.display import Displayed
from cohortiv.implications.live import CAPS, SHOCKS, Controls, LiveCohort, LiveView
from cohortiv.implications.standing import terms_of
from cohortiv.palette import CODES
from cohortiv.quantities import exact_percent, percent, points, usd

LINE = "Total move"
#: Depths that are offered, as shares of the leveraged notional [1].
DEPTH_SHARES = (0.005, 0.01, 0.02, 0.05, 0.10, 0.20, 0.50)


@dataclass(frozen=True, eq=False)
class LivePanel(Displayed):
    """A cohort that answers.

    Attributes
    ----------
    cohort : LiveCohort
    subject : str
        Cohort and symbol, for the figure.
    notional_usd : float
        Leveraged notional as it stands [USD].
    """

    cohort: LiveCohort
    subject: str
    notional_usd: float

    @property
    def caps(self) -> list[tuple[str, float | None]]:
        """Caps to offer, with their words."""
        return [("none" if cap is None else f"{cap:g}x", cap) for cap in CAPS]

    @property
    def depths(self) -> list[tuple[str, float]]:
        """Depths to offer, shares of the leveraged notional, with their words without the unit [USD]."""
        depths = [share * self.notional_usd for share in DEPTH_SHARES]
        return [(usd(depth).removesuffix("\u00a0USD"), depth) for depth in depths]

    def show(self, *, shock: float, depth_usd: float, critical_mass: float, leverage_cap: float | None) -> None:
        """Display the answer to one question; what a widget calls.

        Parameters
        ----------
        shock, depth_usd, critical_mass, leverage_cap
            As in `Controls`.
        """
        view = self.cohort.answer(Controls(shock, depth_usd, critical_mass, leverage_cap=leverage_cap))
        page.text(sentence(view))
        page.figure(**self.figure(view))

    def figure(self, view: LiveView) -> dict[str, Any]:
        """Arguments of `page.figure`: what shocks become, with the cliffs.

        Parameters
        ----------
        view : LiveView
        """
        rows = _rows(view)
        title = f"A fall of {exact_percent(view.controls.shock)} becomes {percent(_asked(view.falls))}"
        return {
            "chart": charts.cascade_curves(rows, _cliffs(view)),
            "name": "what-if",
            "title": title,
            "alt": alt_text.cascade_curves_alt(rows, message=title),
            "data": rows,
            "subtitle": f"Total move after an outside shock, forced orders fed back; {self.subject}",
            "note": f"Depth {usd(view.controls.depth_usd)} for 1 %, impact linear; dashed: the shock alone.",
        }


def live_panel(result: Assessment) -> LivePanel:
    """A panel on a result; everything is exact, so it stays with those who hold the positions.

    Parameters
    ----------
    result : Assessment
    """
    reading = result.reading
    made = " (SYNTHETIC)" if reading.synthetic and "SYNTHETIC" not in reading.cohort.title else ""
    subject = f"{reading.cohort.title}, {result.settings.symbol or 'all symbols'}{made}"
    return LivePanel(LiveCohort(reading.profile, terms_of(result)), subject, reading.profile.leveraged_notional_usd)


def sentence(view: LiveView) -> str:
    """Index, code, where the asked shock ends, and the cliffs.

    Parameters
    ----------
    view : LiveView
    """
    found, controls = view.standing, view.controls
    cap = "" if controls.leverage_cap is None else f", leverage capped at {controls.leverage_cap:g}x"
    return (
        f"**IV Index {points(found.iv_index)} ({CODES[str(found.code)].word})** at a critical mass of "
        f"{exact_percent(controls.critical_mass)}{cap}. A fall of {exact_percent(controls.shock)} becomes "
        f"{percent(_asked(view.falls))}, a rise {percent(_asked(view.rises))}. Cliffs: {_cliff_words(view.falls)} "
        f"below the mark, {_cliff_words(view.rises)} above it."
    )


def _asked(run: Cascade) -> float:
    """Total move of the shock that was asked."""
    return float(run.total_moves[-1])


def _cliff_words(run: Cascade) -> str:
    return "none" if run.cliff is None else percent(run.cliff.shock)


def _rows(view: LiveView) -> pd.DataFrame:
    """What `charts.cascade_curves` draws: falls alone, which halves what a chart takes."""
    run = view.falls
    moves = run.total_moves[: len(SHOCKS)]
    return pd.DataFrame({"direction": run.direction, "name": LINE, "shock": SHOCKS, "total_move": moves})


def _cliffs(view: LiveView) -> pd.DataFrame:
    """What `charts.cascade_curves` marks."""
    columns = ["shock", "settled_move", "total_move"]
    cliff = view.falls.cliff
    rows = [] if cliff is None else [{key: getattr(cliff, key) for key in columns}]
    return pd.DataFrame(rows, columns=columns).assign(direction=view.falls.direction, name=LINE)
