"""Capacity: what the busiest expert computes, and what a capacity drops."""

from dsexplore.engine.elementwise import larger, where
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import CAPACITY
from dsexplore.engine.quantity import quantity


@quantity(
    "",
    source=CAPACITY,
    assumes="With a capacity, experts compute it whole: what they lack is padded.",
)
def expert_load(capacity_factor, expert_imbalance):
    """Tokens that the busiest expert computes over the mean expert's, padding included."""
    return stated_or(capacity_factor, expert_imbalance)


@quantity(
    "fraction",
    source=CAPACITY,
    assumes="Tokens choose experts evenly: unevenly, more are dropped.",
)
def least_dropped_share(capacity_factor):
    """Share of the tokens' copies that experts of this capacity drop at least."""
    return where(capacity_factor > 0, larger(1 - capacity_factor, 0.0), 0.0)
