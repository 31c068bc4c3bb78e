"""Slow, obvious reference for first passage and critical volatility: one number at a time, quadrature and brentq."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import log_ndtr


@dataclass(frozen=True)
class Node:
    """One lump of notional with its lines.

    Attributes
    ----------
    weight : float
        Notional [USD].
    distances : tuple of float
        ln(line / mark) of its one or two lines [log]; NaN: no line.
    kappa : float
        Volatility relative to the market's [1].
    """

    weight: float
    distances: tuple[float, ...]
    kappa: float = 1.0


def hit_probability(distance: float, v: float) -> float:
    """Chance of a touch as the textbook writes it, exp(a) * N(.) taken as exp(a + log N(.))."""
    if math.isnan(distance):
        return 0.0
    if distance == 0.0:
        return 1.0
    size = abs(distance)
    if distance < 0.0:
        first = math.exp(log_ndtr((-size + v * v / 2.0) / v))
        return first + math.exp(size + log_ndtr((-size - v * v / 2.0) / v))
    first = math.exp(log_ndtr((-size - v * v / 2.0) / v))
    return first + math.exp(-size + log_ndtr((-size + v * v / 2.0) / v))


def integrated_hit_probability(distance: float, v: float) -> float:
    """Chance of a touch as the integral of the density of the first time the line is touched.

    ln price moves with drift -v^2/2 and volatility v over a horizon of 1, so the first time at which it stands at the
    distance has the inverse Gaussian density |d| / sqrt(2 pi v^2 t^3) * exp(-(d + v^2 t/2)^2 / (2 v^2 t)).
    """

    def density(time: float) -> float:
        if time == 0.0:
            return 0.0
        exponent = -((distance + v * v * time / 2.0) ** 2) / (2.0 * v * v * time)
        return abs(distance) / math.sqrt(2.0 * math.pi * v * v * time**3) * math.exp(exponent)

    peak = min(0.5, (distance / v) ** 2 / 3.0)
    value: float = quad(density, 0.0, 1.0, points=[peak], epsabs=1e-13, epsrel=1e-12, limit=500)[0]
    return value


def expected_share(nodes: Sequence[Node], v: float) -> float:
    """Expected share of notional that touches a line."""
    touched = sum(
        node.weight * min(1.0, sum(hit_probability(distance, node.kappa * v) for distance in node.distances))
        for node in nodes
    )
    return touched / sum(node.weight for node in nodes)


def critical_v(nodes: Sequence[Node], *, critical_mass: float) -> float:
    """Root of S(v) = critical mass, which is known to lie between 1e-5 and 1000."""
    root: float = brentq(
        lambda log_v: expected_share(nodes, math.exp(log_v)) - critical_mass,
        math.log(1e-5),
        math.log(1e3),
        xtol=1e-14,
        rtol=1e-14,
    )
    return math.exp(root)
