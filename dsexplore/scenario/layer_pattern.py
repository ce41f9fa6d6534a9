"""Layer pattern: kinds of layer with their numbers and order, such as 3 x linear + 1 x full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby

UNIFORM = "uniform"
EXAMPLE = "3 x linear + 1 x full"
# What a layer mixes tokens with; the last two mix none, and are a feed-forward block alone.
KINDS = (
    *("full", "window", "chunk", "csa", "hca"),
    *("linear", "mamba", "hybrid", "conv"),
    *("ffn", "moe"),
)
# Some kinds by what they have in common, as words beside each other.
ATTENDING = "full window chunk csa hca hybrid"
UNBOUNDED = "full hybrid"
BOUNDED = "window chunk csa hca"
WINDOWED = "window chunk"
CHUNKED = "chunk"
SPARSE = "csa"
HEAVY = "hca"
COMPRESSED = "csa hca"
LINEAR = "linear"
WITH_MAMBA = "mamba hybrid"
CONVOLVING = "conv"
WITH_MATRIX = "linear mamba hybrid"
WITH_STATE = "linear mamba hybrid conv"
BLOCKS = "ffn moe"
_MIXING = " ".join(kind for kind in KINDS if kind not in BLOCKS.split())

ALLOWED = (
    f"{UNIFORM}, or kinds of layer in order, such as {EXAMPLE}; kinds: {', '.join(KINDS)}, "
    "of which linear, mamba and conv do not mix"
)

_MOST_LAYERS = 10_000
_LONGEST = 2_000
_DEEPEST = 3
_TOKEN = re.compile(r"\s*(?:(\d{1,5})\s*[x×*]|([a-z]+)|([+,()]))")

# A term: so many of a kind, or of a group of terms.
_Term = tuple[int, "str | tuple[_Term, ...]"]


def as_pattern(raw: object) -> str | None:
    """A pattern in its one spelling; None for what is none.

    >>> as_pattern("3xLinear, full"), as_pattern("9 x (3 x linear + full)"), as_pattern("full full")
    ('3 x linear + 1 x full', '3 x linear + 1 x full', None)
    >>> as_pattern(["window", "window", "full"]), as_pattern("uniform"), as_pattern("linear, mamba")
    ('2 x window + 1 x full', 'uniform', None)
    """
    if isinstance(raw, list):
        is_known = 0 < len(raw) <= _MOST_LAYERS and all(kind in KINDS for kind in raw)
        return as_pattern(pattern_of(raw)) if is_known else None
    if not isinstance(raw, str) or len(raw) > _LONGEST:
        return None
    text = raw.strip().lower()
    if text == UNIFORM:
        return UNIFORM
    terms = _read(text)
    if terms is None:
        return None
    written = _written(_simple(terms))
    states = sum(_has(written, kinds) for kinds in (LINEAR, WITH_MAMBA, CONVOLVING))
    return None if states > 1 or not _has(written, _MIXING) else written


def pattern_of(kinds: Sequence[str]) -> str:
    """The shortest pattern of a list of kinds, one per layer, first to last.

    >>> pattern_of(["linear", "linear", "full"] * 9), pattern_of(["full"] * 4)
    ('2 x linear + 1 x full', '1 x full')
    >>> pattern_of(["linear", "full"] * 6 + ["full"])
    '6 x (1 x linear + 1 x full) + 1 x full'
    """
    layers = tuple(kinds)
    for period in range(1, len(layers)):
        if all(layers[at] == layers[at % period] for at in range(period, len(layers))):
            layers = layers[:period]
            break
    return _written(_simple(_grouped(layers)))


def _grouped(layers: tuple[str, ...]) -> list[_Term]:
    """Terms of a list of kinds: at each place the group that covers most, or a run of one kind."""
    terms: list[_Term] = []
    at = 0
    while at < len(layers):
        run = next((n for n, kind in enumerate(layers[at:]) if kind != layers[at]), None)
        run = len(layers) - at if run is None else run
        best, times = 1, run
        for unit in range(run + 1, min(16, (len(layers) - at) // 2) + 1):
            again = 1
            while layers[at + again * unit : at + (again + 1) * unit] == layers[at : at + unit]:
                again += 1
            if again > 1 and again * unit > best * times:
                best, times = unit, again
        kinds = layers[at : at + best]
        inner = tuple((len([*same]), kind) for kind, same in groupby(kinds))
        terms.append((times, kinds[0] if best == 1 else inner))
        at += best * times
    return terms


def _read(text: str) -> list[_Term] | None:
    """The terms of a text; None for what is no pattern."""
    tokens: list[tuple[str, str, str]] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return None
        tokens.append((found[1] or "", found[2] or "", found[3] or ""))
        at = found.end()
    tokens.reverse()
    terms = _sum(tokens, 0)
    return terms if terms and not tokens and 0 < _size(terms) <= _MOST_LAYERS else None


def _sum(tokens: list[tuple[str, str, str]], depth: int) -> list[_Term] | None:
    """Terms up to a closing bracket or the end; `tokens` run backwards, and are used up."""
    terms: list[_Term] = []
    while True:
        times = int(tokens.pop()[0]) if tokens and tokens[-1][0] else 1
        _, word, sign = tokens.pop() if tokens else ("", "", "")
        if word in KINDS:
            terms.append((times, word))
        elif sign == "(" and depth < _DEEPEST:
            inner = _sum(tokens, depth + 1)
            if inner is None or not tokens or tokens.pop()[2] != ")":
                return None
            terms.append((times, tuple(inner)))
        else:
            return None
        if not times:
            return None
        if not tokens or tokens[-1][2] == ")":
            return terms
        if tokens.pop()[2] not in ("+", ","):
            return None


def _size(terms: Iterable[_Term]) -> int:
    return sum(times * (1 if isinstance(of, str) else _size(of)) for times, of in terms)


def _simple(terms: Sequence[_Term]) -> list[_Term]:
    """Terms with equal neighbours added up and needless groups opened.

    A lone term is taken once, as a pattern repeats anyway.
    """
    merged = _merged(terms)
    while len(merged) == 1 and not isinstance(merged[0][1], str):
        merged = _merged(merged[0][1])
    return [(1, merged[0][1])] if len(merged) == 1 else merged


def _merged(terms: Sequence[_Term]) -> list[_Term]:
    flat: list[_Term] = []
    for times, of in terms:
        inner = of if isinstance(of, str) else tuple(_merged(of))
        if not isinstance(inner, str) and (times == 1 or len(inner) == 1):
            flat += [(times * each, kind) for each, kind in inner]
        else:
            flat.append((times, inner))
    merged: list[_Term] = []
    for times, of in flat:
        if merged and merged[-1][1] == of:
            merged[-1] = (merged[-1][0] + times, of)
        else:
            merged.append((times, of))
    return merged


def _written(terms: Sequence[_Term]) -> str:
    each = (
        f"{times} x {of}" if isinstance(of, str) else f"{times} x ({_written(of)})"
        for times, of in terms
    )
    return " + ".join(each)


@lru_cache(maxsize=64)
def layers_in(pattern: str) -> tuple[str, ...]:
    """The kinds of one repeat of a pattern, first to last; none where all layers are alike."""
    return () if pattern == UNIFORM else tuple(_expanded(_read(pattern) or ()))


def _expanded(terms: Iterable[_Term]) -> list[str]:
    layers: list[str] = []
    for times, of in terms:
        layers += ([of] if isinstance(of, str) else _expanded(of)) * times
    return layers


@lru_cache(maxsize=512)
def counted(pattern: str, kinds: str) -> tuple[float, ...]:
    """Layers of some kinds among the first 0, 1, 2 ... layers of a pattern, to one whole repeat.

    >>> counted("2 x linear + 1 x full", "full")
    (0.0, 0.0, 0.0, 1.0)
    """
    counts = [0.0]
    for kind in layers_in(pattern):
        counts.append(counts[-1] + (kind in kinds.split()))
    return tuple(counts)


@lru_cache(maxsize=512)
def _has(pattern: str, kinds: str) -> bool:
    return any(kind in kinds.split() for kind in layers_in(pattern))


def has_kinds(pattern: str, kinds: str) -> bool:
    """Whether a pattern names one of some kinds."""
    return pattern != UNIFORM and _has(pattern, kinds)


def has_single_blocks(pattern: str) -> bool:
    """Whether each layer is one block: attention, Mamba or a feed-forward block."""
    return has_kinds(pattern, BLOCKS)


class Naming(tuple[str, ...]):
    """The patterns that name one of some kinds, among the words under which a field applies."""

    def __new__(cls, kinds: str, *, or_uniform: bool = False) -> Naming:
        """Of the kinds, or uniform as well; as a tuple it holds the phrase that says so."""
        phrase = f"a pattern with {' or '.join(kinds.split())}"
        found = super().__new__(cls, (UNIFORM, phrase) if or_uniform else (phrase,))
        found.kinds, found.or_uniform = kinds, or_uniform
        return found

    kinds: str
    or_uniform: bool

    def __contains__(self, value: object) -> bool:
        if value == UNIFORM:
            return self.or_uniform
        return isinstance(value, str) and has_kinds(value, self.kinds)


class Lacking(tuple[str, ...]):
    """The patterns that name none of some kinds, among the words under which a field applies."""

    def __new__(cls, kinds: str) -> Lacking:
        """Of the kinds; as a tuple it holds the phrase that says so."""
        found = super().__new__(cls, (f"a pattern without {' and '.join(kinds.split())}",))
        found.kinds = kinds
        return found

    kinds: str

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and not has_kinds(value, self.kinds)


# Where a field of attention applies: layers are all alike, or a pattern has some that attend.
WHERE_ATTENDING = ("layer_pattern", Naming(ATTENDING, or_uniform=True))
