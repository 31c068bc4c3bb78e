"""One interaction of the what-if panel: from four controls to sentence and chart specification, in milliseconds.

Prints the median and the slowest of some dozen questions in which every control changes each time: with the caps that
the notebook offers, and with caps that were never asked for. For the embedded sample's BTC, or the positions given.
"""

import argparse
import itertools
import statistics
import time

from cohortiv import outputs
from cohortiv.assessment import Settings, assess, read_cohort
from cohortiv.implications.live import CAPS, Controls
from cohortiv.live_panel import LivePanel, live_panel, sentence

WANTED_MS = 200
SHOCKS, DEPTH_SHARES, MASSES = (0.02, 0.05, 0.11), (0.01, 0.05), (0.10, 0.20)
NEW_CAPS = (6.0, 7.0, 9.0, 11.0, 12.0, 13.0, 14.0, 16.0, 18.0, 30.0, 40.0, 45.0)


def answered(panel: LivePanel, controls: Controls) -> None:
    """What one movement of a slider costs."""
    view = panel.cohort.answer(controls)
    sentence(view)
    outputs.figure_bundle(**panel.figure(view))


def timed_ms(panel: LivePanel, questions: list[Controls]) -> list[float]:
    """Milliseconds of each question, the first one left out."""
    found = []
    for controls in questions:
        start = time.perf_counter()
        answered(panel, controls)
        found.append(1e3 * (time.perf_counter() - start))
    return found[1:]


def main() -> None:
    """Ask, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", default="")
    parser.add_argument("--as-of", default="2026-09-30")
    parser.add_argument("--symbol")
    asked = parser.parse_args()
    symbol = asked.symbol or (None if asked.positions else "BTC")
    settings = Settings(positions=asked.positions, as_of=asked.as_of, symbol=symbol)
    result = assess(settings, read_cohort(settings, for_report=False))
    panel, profile = live_panel(result), result.reading.profile
    notional = profile.leveraged_notional_usd
    combinations = list(itertools.product(SHOCKS, DEPTH_SHARES, MASSES))
    print(f"{panel.subject}, {len(profile.leveraged):,} cells")
    for name, caps in (("a cap that is offered", CAPS), ("a cap that is new each time", NEW_CAPS)):
        questions = [
            Controls(shock, share * notional, mass, leverage_cap=caps[number % len(caps)])
            for number, (shock, share, mass) in enumerate(combinations)
        ]
        took = timed_ms(panel, questions)
        median, slowest = statistics.median(took), max(took)
        print(f"{name}: median {median:.0f} ms, slowest of {len(took)} {slowest:.0f} ms (wanted: under {WANTED_MS})")


if __name__ == "__main__":
    main()
