"""Words of the cascade's figures: titles from the numbers, readings that say what is not known."""

import re
from pathlib import Path

import pytest
from cohort_support import CASES, ENGINE_WARNINGS, Results, assessed
from test_ladder import lined

from cohortiv.cascade import DEPTH_SHARES
from cohortiv.findings import Findings, Words, cascade
from cohortiv.publication import publish
from cohortiv.published_cascade import DIRECTIONS, MAP_SHOCKS, PublishedCascade, publish_cascade
from cohortiv.quantities import percent, usd

pytestmark = ENGINE_WARNINGS
NB = "\u00a0"


def told(results: Results, case: str, *, depth_usd: float | None = None) -> tuple[PublishedCascade, Words, Words]:
    """A cascade, and the words of its curves and of its map."""
    findings = results.findings(case)
    found = publish_cascade(results[case], mark_price=findings.shown.mark_price, depth_usd=depth_usd)
    return found, cascade.curves(findings, found), cascade.heat_map(findings, found)


@pytest.fixture(scope="module")
def steep(tmp_path_factory: pytest.TempPathFactory) -> tuple[Findings, PublishedCascade]:
    """Two billion long from 8 to 10 % below, at a depth of 400 m USD for 1 %."""
    frame = lined(0.905)
    folder: Path = tmp_path_factory.mktemp("steep")
    result = assessed(folder, frame.assign(quantity=100 * frame["quantity"]), symbol="BTC")
    shown = publish(result)
    found = publish_cascade(result, mark_price=shown.mark_price, depth_usd=400e6)
    return Findings(result, shown), found


@pytest.mark.parametrize("depth", [None, 1e6])
@pytest.mark.parametrize("case", CASES)
def test_every_cascade_can_be_told(results: Results, case: str, depth: float | None) -> None:
    """No words of any result hold a NaN, a None or an empty title."""
    _, curves, heat_map = told(results, case, depth_usd=depth)
    for words in (curves, heat_map):
        text = f"{words.title} {words.subtitle} {words.note} {words.reading}"
        assert re.findall(r"\bnan\b|\bNone\b|\binf\b|account-0\d*|\.\.", text) == []
        assert 0 < len(words.title.split(" ")) <= 13


def test_depths_are_named_by_their_round_share(results: Results) -> None:
    """Without a depth given each one shown is a whole percent of notional, and is called so."""
    found, *_ = told(results, "solved")
    names = [cascade.depth_words(found, depth) for depth in found.depths_usd]
    assert [re.search(r"\((.*) of notional", name)[1] for name in names] == [  # type: ignore[index]
        f"{100 * share:g}{NB}%" for share in DEPTH_SHARES
    ]


def test_unknown_depth_is_said_to_be_unknown(results: Results) -> None:
    """A depth that stands in is not passed off as today's."""
    _, curves, _ = told(results, "solved")
    assert "No depth was given" in curves.reading
    assert "Depth is not known for these positions" in curves.note
    _, curves, _ = told(results, "solved", depth_usd=1e6)
    assert "No depth was given" not in curves.reading


def test_liquidation_gamma_at_the_mark_is_told(results: Results) -> None:
    """The same at every depth: it is of the lines alone."""
    found, curves, _ = told(results, "solved")
    falls = {usd(float(found.run("down", depth).gamma_usd[0])) for depth in found.depths_usd}
    assert len(falls) == 1
    assert f"A first fall of 1 % forces net orders of {falls.pop()}, a first rise " in curves.reading


def test_note_says_what_the_cascade_ran_on(results: Results) -> None:
    """The published ladder in a report, the profile for an analyst."""
    assert "a cliff within a step does not show" in told(results, "solved")[1].note
    assert "Run on the liquidation profile." in told(results, "analyst")[1].note


def test_place_of_a_cliff_is_told_as_a_range(steep: tuple[Findings, PublishedCascade]) -> None:
    """The step from 8 to 10 % may hold it at its near end; there is none above; words are the same in lead and map."""
    said, below = cascade.lead(*steep), f"no nearer than a fall of 8{NB}% (to 55,200{NB}USD), if there is one"
    assert (
        f"At 400.0{NB}m{NB}USD for 1 % the cliff below the mark is {below}; above the mark it is nowhere up to a rise "
        f"of 50{NB}%" in said
    )
    assert f"At every depth shown the cliff below the mark is {below}." in cascade.heat_map(*steep).reading
    assert "cliff" not in cascade.curves(*steep).reading


def test_exact_cliff_has_its_place(results: Results) -> None:
    """For an analyst the cascade runs on every line, and the lead says so."""
    found, curves, heat_map = told(results, "analyst", depth_usd=1e3)
    assert "has its place" in cascade.lead(results.findings("analyst"), found)
    assert "the cliff is at a fall of" in curves.reading
    assert "A cliff exists below the mark" in heat_map.reading


def test_lead_without_depth_says_so(results: Results) -> None:
    """Then only the range over the depths shown is told."""
    found, *_ = told(results, "solved")
    assert "No depth was given; over the depths shown the cliff below the mark is" in cascade.lead(
        results.findings("solved"), found
    )


def test_title_names_what_the_shock_becomes(results: Results) -> None:
    """The total move of the quoted shock, at the depth that was given."""
    found, curves, _ = told(results, "solved", depth_usd=1e3)
    runs = {way: found.run(way, 1e3) for way in DIRECTIONS}
    reached = {way: float(run.total_moves[list(run.shocks).index(0.05)]) for way, run in runs.items()}
    assert reached["up"] > reached["down"] > 0.0525
    assert curves.title == f"A rise of 5{NB}% becomes {percent(reached['up'])} at 1.0{NB}k{NB}USD for 1{NB}%"


def test_the_map_is_of_the_direction_that_goes_farther(results: Results) -> None:
    """The same one as in the title of the curves, and in its own."""
    found, curves, heat_map = told(results, "solved", depth_usd=1e3)
    rises = found.curves[(found.curves["direction"] == "up") & found.curves["shock"].isin(MAP_SHOCKS)]
    assert cascade.map_rows(found)["total_move"].tolist() == rises["total_move"].tolist()
    assert heat_map.title.startswith(f"A rise of 5{NB}% becomes ")
    assert heat_map.subtitle.startswith("Total rise in %")
    assert "beyond 100" in curves.note


def test_shock_that_forces_little_stays(steep: tuple[Findings, PublishedCascade]) -> None:
    """A fall of 5 % reaches no line, so it is not said to become anything."""
    assert cascade.curves(*steep).title == f"A fall of 5{NB}% stays near 5{NB}%"


def test_map_tells_the_range_at_both_ends(steep: tuple[Findings, PublishedCascade]) -> None:
    """At a depth of 250 bn USD for 1 % and more, 2 bn of forced orders leave no room for a cliff."""
    findings, _ = steep
    deeper = publish_cascade(findings.result, mark_price=None, depth_usd=1e12)
    assert "nowhere up to a fall of 50" in cascade.heat_map(findings, deeper).reading


def test_rows_are_what_the_charts_draw(results: Results) -> None:
    """Curves have both directions and every depth's name; the map has each of its shocks at each depth."""
    found, *_ = told(results, "solved")
    rows, cells = cascade.curve_rows(found), cascade.map_rows(found)
    assert list(rows.columns) == ["direction", "name", "shock", "total_move"]
    assert set(rows["direction"]) == {"down", "up"}
    assert rows["name"].nunique() == len(found.depths_usd)
    assert list(cells.columns) == ["depth", "shock", "total_move"]
    assert len(cells) == len(found.depths_usd) * len(MAP_SHOCKS)


def test_nothing_leveraged_has_words_and_no_rows(results: Results) -> None:
    """The title says why there is nothing to draw."""
    found, curves, heat_map = told(results, "nothing leveraged")
    assert curves.title == heat_map.title == cascade.NOTHING
    assert cascade.curve_rows(found).empty
    assert cascade.map_rows(found).empty
