"""`dsexplore search`: the layouts that fit a cluster, the fastest first."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from dsexplore.analysis.search.account import PREDICTED, why_none
from dsexplore.analysis.search.limits import limit
from dsexplore.analysis.search.ranking import COPIES, MEMORY, PARTS, Layout, Search
from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.output.search_table import as_table
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.library.open import load
from dsexplore.library.saving import save
from dsexplore.text.csv_text import to_csv
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError, shown

_NOTHING_FITS = 1
_FORMATS = ("table", "json", "csv")
_STEP = "step_time"
# Short words for results that layouts are often ranked by.
_SHORT = {"cost": "pretraining_cost", "days": "pretraining_days"}
_TOP = 10
_USAGE = f"""dsexplore search SCENARIO [--top N] [--by NAME] [--most] [--where CONDITION]...
                        [--frontier] [--set NAME=VALUE]... [--save FILE] [--force]
                        [--format {"|".join(_FORMATS)}]"""
_EPILOG = """\
Searched are tensor, pipeline, context and expert parallel, virtual stages, the schedule, the
micro-batch, sequence parallel, ZeRO and recomputation, wherever heads, layers, experts, sequence,
batch and GPUs divide; tensor parallel stays within a node. All else is as the scenario states it.
Listed are the layouts that fit. A time's interval holds it four times in five. The exit status is
1 if nothing fits.

formats:
  table      the layouts, their parts of a step, what gains over the stated layout, and the
             layouts that no other beats in both rank and memory (the default)
  json       a list of layouts: fields, step_time, memory_per_gpu, low and high of the step, its
             parts; base units
  csv        a row for each layout, base units

examples:
  How would DeepSeek-V3 run fastest on its GPUs?
    dsexplore search deepseek-v3

  The same on H100s, with 10 GB left free, without DualPipe, as a scenario of its own:
    dsexplore search deepseek-v3 --set hardware=h100-80gb-sxm --where 'memory_headroom>=10 GB' \\
        --where pipeline_schedule!=dualpipe --save faster.toml
"""


def run(words: list[str]) -> int:
    """Search the named scenario's layouts and print the best; returns the exit status."""
    arguments = _parser().parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    top = _count(arguments.top)
    limits = [limit(text, "--where") for text in arguments.where]
    if arguments.save and not arguments.force and os.path.lexists(arguments.save):
        raise ScenarioError("", "a file of that name", "a new name, or --force", arguments.save)
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    by = arguments.by.strip()
    try:
        found = Search(scenario, _SHORT.get(by, by), limits, most=arguments.most)
    except ScenarioError as error:
        raise ScenarioError(error.where or "--by", error.found, error.allowed) from None
    say_without_effect(arguments.scenario, scenario, arguments.settings, [_STEP, found.by])
    if found.is_predicted and arguments.format != _FORMATS[0]:
        say(PREDICTED)
    if not found.fitting:
        say(why_none(found))
        return _NOTHING_FITS
    layouts = found.at(found.frontier()[:top]) if arguments.frontier else found.best(top)
    write_out(_in_format(arguments.format, found, layouts))
    if arguments.save:
        taken = found.scenario_of(layouts[0])
        save(taken, Path(arguments.save), overwrite=arguments.force)
        say(f"wrote {arguments.save}")
    return 0


def _parser() -> Parser:
    parser = Parser(
        "search",
        usage=_USAGE,
        summary="Find the layouts that fit a run's accelerators, the fastest first.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        help="a preset's name, a scenario file or a model's config.json",
    )
    parser.add_argument(
        "--top", metavar="N", default=str(_TOP), help=f"list so many layouts; {_TOP} if not given"
    )
    parser.add_argument(
        "--by",
        metavar="NAME",
        default=_STEP,
        help="rank by this result, the lowest first: step_time (the default), cost, days or any",
    )
    parser.add_argument("--most", action="store_true", help="rank the highest first")
    parser.add_argument(
        "--where",
        metavar="CONDITION",
        action="append",
        default=[],
        help="only layouts with this, such as 'memory_headroom>10 GB' or expert_parallel=64; may "
        "be repeated",
    )
    parser.add_argument(
        "--frontier",
        action="store_true",
        help="list the layouts that no other beats in both rank and memory",
    )
    add_settings(parser)
    parser.add_argument(
        "--save", metavar="FILE", help="write the scenario with the first layout to a new file"
    )
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    parser.add_argument(
        "--format", metavar="FORMAT", default=_FORMATS[0], help=f"{', '.join(_FORMATS)}; see below"
    )
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= 10_000:
        raise ScenarioError("--top", shown(text), "a whole number from 1 to 10,000")
    return int(text)


def _in_format(form: str, found: Search, layouts: Sequence[Layout]) -> Printable:
    if form == "json":
        return to_json([_as_json(each, found.by) for each in layouts])
    if form == "csv":
        return _as_csv(found, layouts)
    words = shlex.join(
        word
        for name, value in found.differing(layouts[0]).items()
        for word in ("--set", f"{name}={str(value).lower()}")
    )
    return as_table(found, layouts, words, terminal_columns())


def _as_json(layout: Layout, by: str) -> dict[str, object]:
    """A layout in base units."""
    low, high = layout.interval or (None, None)
    results = layout.results
    return {
        "layout": layout.fields,
        **{name: results[name] for name in dict.fromkeys((_STEP, MEMORY, by))},
        "low": low,
        "high": high,
        "parts": {name: results[name] for name in PARTS},
    }


def _as_csv(found: Search, layouts: Sequence[Layout]) -> Printable:
    results = tuple(dict.fromkeys((found.by, _STEP, MEMORY, COPIES, *PARTS)))
    head = ["place", *layouts[0].fields, *results, "low", "high"]
    rows = [
        [
            each.place,
            *each.fields.values(),
            *(each.results[name] for name in results),
            *(each.interval or (None, None)),
        ]
        for each in layouts
    ]
    return to_csv([head, *rows])
