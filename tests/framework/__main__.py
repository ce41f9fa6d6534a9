"""`python -m tests.framework`: importable types against transformers' own models, in minutes.

Needs `pip install -e '.[dev,framework]'`. `--defaults` writes the file of class defaults anew,
`--counts` the counts that the suite holds the importer to without the framework; `--real` prints
FLOP at the sizes of published models. `--keep FILE --model NAME --figure 36B --of 'its card'` adds
a published config.json to those that the suite holds, and `--published` writes their page.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from dsexplore.engine import evaluate
from dsexplore.library.config_json import FAMILIES, architecture_of
from dsexplore.library.config_json.class_defaults import text_type_of
from dsexplore.text.refusal import ScenarioError
from tests.framework.models import TOKENS, changed, made, types, worked


def main() -> int:
    """Compare, print a line for each type, and return 1 where a count differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.framework", description=__doc__)
    parser.add_argument("types", nargs="*", help="types to compare; all if none is named")
    parser.add_argument("--seeds", type=int, default=50, help="random variants of each type")
    parser.add_argument("--defaults", action="store_true", help="write class_defaults.json")
    parser.add_argument("--write", action="store_true", help="write docs/imported.md")
    parser.add_argument(
        "--counts", action="store_true", help="write the counts that the suite holds"
    )
    parser.add_argument("--real", action="store_true", help="print FLOP at real sizes")
    parser.add_argument("--published", action="store_true", help="write docs/published.md")
    parser.add_argument("--keep", metavar="FILE", help="add a published config.json to those held")
    parser.add_argument("--model", default="", help="whose: ORGANISATION/NAME")
    parser.add_argument("--figure", default="", help="parameters as its maker counts them: 36B")
    parser.add_argument("--of", default="model card", help="where the maker says so")
    parser.add_argument("--total", type=int, help="parameters, for a type transformers lacks")
    arguments = parser.parse_args()
    if arguments.keep:
        from tests.framework.kept import keep

        kept = (arguments.model, arguments.figure, arguments.of, arguments.total)
        print(keep(Path(arguments.keep), *kept))
        return 0
    if arguments.published:
        from tests.framework.published import write_published

        write_published()
        return 0
    if arguments.real:
        from tests.framework import real

        print("\n".join(real.lines()))
        return 0
    if arguments.defaults:
        from tests.framework.defaults import write_defaults

        write_defaults()
        return 0
    if arguments.counts:
        from tests.framework.counts import write_counts

        write_counts()
        return 0
    names = arguments.types or types()
    rows = []
    for name in names:
        rows.append(compared(name, arguments.seeds))
        print(rows[-1].line(), flush=True)
    print(f"{sum(row.is_exact for row in rows)} of {len(rows)} types exact")
    if arguments.write:
        write_page(rows, arguments.seeds)
    return 0


class Row(NamedTuple):
    """A type's verdict at its class's defaults, those of its variants, and what was found."""

    name: str
    at_defaults: str
    found: Counter[str]
    said: str
    # Of a forward pass: exact, or how far off; empty where torch cannot count it.
    flops: str = ""
    cache: str = ""

    @property
    def is_exact(self) -> bool:
        """Exact at defaults and wherever it is not refused."""
        is_held = self.found["exact"] > 0 and not self.found["differs"]
        return self.at_defaults == "exact" and is_held

    def line(self) -> str:
        """The row for reading."""
        counts = ", ".join(f"{number} {word}" for word, number in self.found.items())
        work = f"; FLOP {self.flops or 'unknown'}, cache {self.cache or 'unknown'}"
        return f"{self.name:<24} defaults {self.at_defaults}; {counts}{work}{self.said}"


def compared(name: str, seeds: int) -> Row:
    """A type at its class's defaults and under random changes."""
    found = Counter[str]()
    if name not in FAMILIES and text_type_of(name) not in FAMILIES:
        return Row(name, "not importable", found, "")
    at_defaults, said = verdict(name, {})
    seed = 0
    while sum(found.values()) - found["no model"] < seeds and seed < 4 * seeds:
        changes = changed(name, seed)
        word, why = verdict(name, changes)
        found[word] += 1
        if found[word] == 1 and word != "exact":
            said += f"  ({word}, seed {seed}: {' '.join(why.split())[:160]})"
        seed += 1
    return Row(name, at_defaults, found, said, *work_of(name))


def work_of(name: str) -> tuple[str, str]:
    """FLOP of a forward pass and cached bytes per token against what torch counts and keeps."""
    for seed in range(_SEEDS_OF_WORK):
        try:
            stated, work = worked(name, changed(name, seed))
            scenario = architecture_of(stated, name)
        except Exception:
            continue
        lengths = {"sequence_length": float(TOKENS), "kv_length": float(TOKENS)}
        found = evaluate({**scenario.inputs(), **lengths}, [*_FORWARD, _CACHE])
        flops = TOKENS * sum(float(found[name]) for name in _FORWARD)
        cache = "" if work.cached is None else _off(float(found[_CACHE]), work.cached)
        return _off(flops, work.flops), cache
    return "", ""


_SEEDS_OF_WORK = 4
_FORWARD = ("matmul_flops_per_token", "attention_flops_per_token_full")
_CACHE = "kv_cache_bytes_per_token"


def _off(ours: float, theirs: float) -> str:
    """Exact, or the difference in percent; empty for nothing to compare with."""
    if not theirs:
        return ""
    share = 100 * (ours / theirs - 1)
    return "exact" if abs(share) < 1e-7 else f"{share:+.2g} %"


def write_page(rows: list[Row], seeds: int) -> None:
    """Write docs/imported.md."""
    from transformers import __version__

    from tests.framework import real

    exact = [row for row in rows if row.is_exact]
    wrong = [row.name for row in rows if row.found["differs"]]
    lines = [
        "# Imported models, held to the framework",
        "",
        f"`python -m tests.framework --write` made this page with transformers {__version__}: each "
        "type of decoder that it knows, without memory, at its class's defaults and under "
        f"{seeds} random variants of sizes, flags and lists of layers. A variant is exact if the "
        "importer counts as many parameters to the last one, biases that balance experts included, "
        "or refused in one line where it has no count for it.",
        "",
        f"Of {len(rows)} types {len(exact)} are exact; wrong are {len(wrong)}"
        + (f": {', '.join(wrong)}." if wrong else "."),
        "",
        f"FLOP are those of a forward pass over {TOKENS} tokens as torch counts them, experts, "
        "indexers and states included, the cache its bytes per token, where a small model runs "
        "without memory. Differences are in percent. They are the framework's own code where it "
        "passes each token by every expert, which is the whole difference (llama4); picks two "
        "experts whatever its file says, likewise (phimoe); runs the tokens of a prompt besides "
        "(cpmant); or reads and writes states without products (mamba, falcon_mamba, jamba, "
        "zamba). diffllama runs attention twice, once for each half of values twice as wide as "
        "keys: eight FLOP per value of a query and attended token, of which a kernel needs six "
        "and four are counted here. Products that make relative positions are not counted of "
        "inkling_text: 0.1 % at its published size.",
        "",
        "| type | variants exact | refused | FLOP | cache |",
        "|---|---|---|---|---|",
        *(
            f"| {row.name} | {row.found['exact']} | {row.found['refused']} "
            f"| {row.flops} | {row.cache} |"
            for row in exact
        ),
        "",
        "Not importable: " + ", ".join(r.name for r in rows if not r.is_exact) + ".",
        "",
        *real.lines(),
    ]
    Path("docs/imported.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def verdict(name: str, changes: dict[str, object]) -> tuple[str, str]:
    """Whether the count of a variant is the framework's: exact, differs, refused or no model."""
    try:
        stated, held = made(name, changes)
    except Exception as error:
        return "no model", f"{type(error).__name__}: {error}"
    try:
        scenario = architecture_of(stated, name)
    except ScenarioError as error:
        return "refused", str(error)
    # Means over layers that differ are exact to the last bit but one.
    counted = round(evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"])
    if counted == held:
        return "exact", ""
    return "differs", f"{counted:,.0f} for {held:,} ({counted - held:+,.0f})"


if __name__ == "__main__":
    sys.exit(main())
