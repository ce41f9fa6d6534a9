"""A claim: a figure printed in a document, and the recipe to compute it again."""

from __future__ import annotations

from dataclasses import dataclass

from dsexplore.analysis.claims.benchmarks import BenchmarkTable
from dsexplore.analysis.claims.blanks import Blank
from dsexplore.analysis.claims.expression import Expression, Value
from dsexplore.analysis.claims.parts import Part
from dsexplore.analysis.claims.verdict import Bound


@dataclass(frozen=True, slots=True)
class Reading:
    """Another reading of a recipe: what is read otherwise, and what is then computed."""

    says: str
    parts: tuple[Part, ...]
    gives: Expression


@dataclass(frozen=True, slots=True)
class Claim:
    """One printed figure, and the recipe to compute it again."""

    id: str
    claim: str
    states: Value | None
    unit: str
    figures: int
    bound: Bound
    is_disclosed: bool
    parts: tuple[Part, ...]
    gives: Expression | None
    gives_unit: str
    benchmarks: BenchmarkTable | None
    expected: str
    note: str
    blanks: tuple[Blank, ...]
    document: str
    source: str
    author: str
    date: str
    section: str
    address: str
    no_address: str  # why it has none
    standing: str
    because: str
    because_blanks: tuple[Blank, ...]
    readings: tuple[Reading, ...]
    # Of an answer among several: the quantities that it counts, and the answers it replaces.
    includes: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()

    @property
    def at(self) -> str:
        """Where it is to be opened, or why that cannot be said; empty if neither is known."""
        return self.address or (f"No address: {self.no_address}." if self.no_address else "")
