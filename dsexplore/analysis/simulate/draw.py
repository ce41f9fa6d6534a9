"""Draws: evenly spread numbers from 0 to 1 made values of uncertain fields."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from dsexplore.engine.normal import normal_tail
from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.fields import FIELDS
from dsexplore.scenario.uncertainty import Distribution
from dsexplore.text.refusal import ScenarioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dsexplore.engine.ranges import Range

    Floats = NDArray[np.float64]

# Less of a distribution than this in a field's range is none of it.
_LEAST_SHARE = 1e-6
# Rounding of a quantile, relative.
_SLACK = 1e-9

# Rational approximations of the normal quantile: Wichura 1988, Applied Statistics 37, 477, AS 241.
_MIDDLE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_TAIL = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
     1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
     1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
     0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
     1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
     0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
     6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
     7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
     0.59983220655588793769, 1.0),
)  # fmt: skip


def normal_quantile(share: Floats) -> Floats:
    """The standard normal number below which a share of them lies; to 16 digits."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    middle = share - 0.5
    size = np.sqrt(-np.log(np.minimum(share, 1 - share)))
    near = middle * _quotient(_MIDDLE, 0.180625 - middle * middle)
    tail = _quotient(_TAIL, size - 1.6)
    if (size > 5).any():
        tail = np.where(size <= 5, tail, _quotient(_FAR, size - 5))
    found: Floats = np.where(np.abs(middle) <= 0.425, near, np.copysign(tail, middle))
    return found


def _quotient(polynomials: tuple[tuple[float, ...], tuple[float, ...]], at: Floats) -> Floats:
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    quotient: Floats = np.divide(*(_polynomial(each, at) for each in polynomials))
    return quotient


def _polynomial(coefficients: tuple[float, ...], at: Floats) -> Floats:
    found = at * coefficients[0]
    for coefficient in coefficients[1:-1]:
        found += coefficient
        found *= at
    found += coefficients[-1]
    return found


class Draw:
    """How even shares become values of some uncertain fields, correlated where that is stated."""

    def __init__(
        self,
        stated: Mapping[str, Distribution],
        correlations: Mapping[str, Mapping[str, float]],
    ) -> None:
        """Raises ScenarioError for correlations that cannot all be, or a range never met."""
        self.names = [name for name in FIELDS if name in stated]
        self._stated = stated
        self._of = [_quantile(FIELDS[name], stated[name]) for name in self.names]
        self._together, self._factor = _factor(self.names, correlations)

    def correlated(self, shares: Floats) -> Floats:
        """Even shares as (field, sample), those of correlated fields moved together."""
        if not self._together:
            return shares
        moved = shares.copy()
        joint = self._factor @ normal_quantile(shares[self._together])
        moved[self._together] = 1.0 - normal_tail(joint)
        return moved

    def values(self, shares: Floats) -> dict[str, Floats]:
        """The fields' values at shares as (field, sample)."""
        return {name: of(row) for name, of, row in zip(self.names, self._of, shares, strict=True)}

    def ranges(self) -> dict[str, Range | None]:
        """Between which numbers each field is drawn; None where one end is open."""
        import numpy as np  # noqa: PLC0415 - no start-up pays for it

        from dsexplore.engine.ranges import Range  # noqa: PLC0415 - nor for this

        found: dict[str, Range | None] = {}
        for name, of in zip(self.names, self._of, strict=True):
            # Quantiles rise; a normal one has no ends but those of its field.
            is_bounded = self._stated[name].kind not in ("normal", "lognormal")
            ends = (
                of(np.array([0.0, 1 - 2.0**-53])) if is_bounded else np.array(_ends(FIELDS[name]))
            )
            low, high = float(ends.min()), float(ends.max())
            around = low * (1 - _SLACK), high * (1 + _SLACK)
            found[name] = Range(*around) if low >= 0 and math.isfinite(high) else None
        return found


def _factor(
    names: Sequence[str], correlations: Mapping[str, Mapping[str, float]]
) -> tuple[list[int], Any]:
    """The places of the correlated fields, and what makes their normal numbers so."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    pairs = [
        (names.index(one), names.index(other), number)
        for one, others in correlations.items()
        for other, number in others.items()
        if one in names and other in names
    ]
    together = sorted({place for one, other, _ in pairs for place in (one, other)})
    matrix = np.eye(len(together))
    for one, other, number in pairs:
        here = together.index(one), together.index(other)
        matrix[here] = matrix[here[::-1]] = number
    try:
        return together, np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        said = ", ".join(
            f"{names[one]} and {names[other]} {number:g}" for one, other, number in pairs
        )
        raise ScenarioError("correlations", said, "correlations that can all be at once") from None


def _quantile(spec: FieldSpec, stated: Distribution) -> Callable[[Floats], Floats]:
    """The value of a field below which a share of its distribution lies, within its range."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    of = _within(spec, stated)
    lowest, highest = _ends(spec)

    def value(share: Floats) -> Floats:
        found = of(share)
        if spec.kind == "integer":
            found = np.rint(found)
        found = np.clip(found, lowest, highest)
        # Between none at all and the least that there is of a thing lies nothing.
        return np.where((found > 0) & (found < spec.least), spec.least, found)

    return value


def _ends(spec: FieldSpec) -> tuple[float, float]:
    lowest = spec.minimum if spec.above is None else spec.above
    if spec.above is not None and spec.kind == "integer":
        lowest = spec.above + 1
    return lowest or 0.0, math.inf if spec.maximum is None else spec.maximum


def _within(spec: FieldSpec, stated: Distribution) -> Callable[[Floats], Floats]:
    """The quantile of a distribution; of a normal one, of its part in the field's range."""
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    numbers = stated.parameters
    if stated.kind == "choice":
        values = np.array(numbers)
        return lambda share: values[(share * len(values)).astype(np.intp)]
    if stated.kind == "uniform":
        low, high = numbers
        return lambda share: low + (high - low) * share
    if stated.kind == "loguniform":
        low, high = numbers
        return lambda share: low * (high / low) ** share
    if stated.kind == "triangular":
        return _triangular(*numbers)
    middle, spread = numbers
    is_log = stated.kind == "lognormal"
    at, deviation = (math.log(middle), abs(math.log(spread))) if is_log else (middle, spread)
    below, above = _shares_beyond(spec, at, deviation, is_log=is_log)

    def normal(share: Floats) -> Floats:
        found = at + deviation * normal_quantile(below + (above - below) * share)
        return np.exp(found) if is_log else found

    return normal


def _shares_beyond(
    spec: FieldSpec, at: float, deviation: float, *, is_log: bool
) -> tuple[float, float]:
    """The shares of a normal distribution below the ends of a field's range."""
    if not deviation:
        return 0.0, 1.0
    ends = _ends(spec)
    if is_log:
        ends = (math.log(ends[0]) if ends[0] else -math.inf, math.log(ends[1]))
    below, above = (NormalDist().cdf((end - at) / deviation) for end in ends)
    if above - below < _LEAST_SHARE:
        where = f"uncertainty.{spec.name}"
        raise ScenarioError(where, "a distribution that misses its range", spec.allowed())
    return below, above


def _triangular(low: float, mode: float, high: float) -> Callable[[Floats], Floats]:
    import numpy as np  # noqa: PLC0415 - no start-up pays for it

    width = high - low
    turn = (mode - low) / width if width else 0.0

    def value(share: Floats) -> Floats:
        rising = low + np.sqrt(share * width * (mode - low))
        falling = high - np.sqrt((1 - share) * width * (high - mode))
        return np.where(share < turn, rising, falling)

    return value
