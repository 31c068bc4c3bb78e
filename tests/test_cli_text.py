"""What a terminal is told of a result."""

import pytest

from cohortiv.cli.text import cascade_words


@pytest.mark.parametrize(
    ("cliff", "words"), [(None, "no cliff"), (0.0623, "cliff at a fall of 6.2\u00a0%, which becomes 8.3\u00a0%")]
)
def test_a_depth_gives_the_cascade_a_number(cliff: float | None, words: str) -> None:
    """Falls and what they become, and the cliff, at the depth that was given."""
    found = {
        "depth_usd": 40e6, "shocks": [0.0, 0.05, 0.1], "total_moves": [0.0, 0.058, 0.123],
        "cliff": cliff and {"shock": cliff, "total_move": 0.083},
    }  # fmt: skip
    said = cascade_words(found)
    assert said.startswith(
        "at 40.0\u00a0m\u00a0USD for 1 %: a fall of 5\u00a0% becomes 5.8\u00a0%, 10\u00a0% becomes 12.3\u00a0%;"
    )
    assert said.endswith(words)
