"""`dsexplore search`: the best layouts, clusters, or choices of serving and of RL."""

from __future__ import annotations

import os
import re
import shlex
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dsexplore.analysis.search.account import PREDICTED, why_none
from dsexplore.analysis.search.choosing import Chosen, on_each
from dsexplore.analysis.search.clusters import (
    Cluster,
    around,
    best_of_each,
    clusters,
    read_gpus,
    read_hardware,
)
from dsexplore.analysis.search.limits import Limit, limit
from dsexplore.analysis.search.ranking import COPIES, MEMORY, PARTS, Layout, Search
from dsexplore.analysis.search.spaces import Space, rl, serving
from dsexplore.cli.errors import INTERRUPTED, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.output_file import add_output, chosen_format
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.input.workers import add_scheduler, workers_at
from dsexplore.cli.output import choice_table, cluster_table
from dsexplore.cli.output.progress import watched
from dsexplore.cli.output.search_table import as_table
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.engine.names import check_result
from dsexplore.export.pictures import found as pictures
from dsexplore.files.writing import write_atomically
from dsexplore.library.open import load
from dsexplore.library.saving import save
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.csv_text import to_csv
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError, shown

_NOTHING_FITS = 1
_FORMATS = ("table", "json", "csv")
_ENDINGS = {".json": "json", ".csv": "csv", ".txt": "table", pictures.ENDING: "svg"}
_STEP = "step_time"
# What is searched, with short words for the results that it is often ranked by.
_LAYOUT, _CLUSTER, _SERVING, _RL = "layout", "cluster", "serving", "rl"
_SHORT = {
    _LAYOUT: {"cost": "pretraining_cost", "days": "pretraining_days"},
    _CLUSTER: {"cost": "pretraining_cost", "days": "pretraining_days"},
    _SERVING: {"cost": "cost_per_million_output_tokens"},
    _RL: {"cost": "rl_cost", "days": "rl_days"},
}
_TOP = 10
_USAGE = f"""dsexplore search SCENARIO [--what {"|".join(_SHORT)}] [--top N] [--by NAME] [--most]
                        [--where CONDITION]... [--gpus LOW:HIGH] [--hardware NAME[=PRICE],...]
                        [--frontier] [--set NAME=VALUE]... [--save FILE] [--force]
                        [--scheduler ADDRESS] [--format {"|".join(_FORMATS)}] [-o FILE]"""
_EPILOG = """\
what is searched:
  layout     tensor, pipeline, context and expert parallel, virtual stages, the schedule, the
             micro-batch, sequence parallel, ZeRO and recomputation, wherever heads, layers,
             experts, sequence, batch and GPUs divide; tensor parallel stays within a node
  cluster    the best layout of each number (--gpus) and kind (--hardware) of accelerators, the
             cheapest first; if neither is given, of a quarter to four times as many as stated
  serving    tensor and expert parallel, batch, micro-batches and precisions of decoding; with
             --hardware the best choice on each accelerator
  rl         who generates and who learns, tensor and expert parallel of the generators; with
             --gpus the number of accelerators, too
All else is as the scenario states it. Listed is what breaks no rule and fits. An interval holds
its result four times in five. The exit status is 1 if nothing fits.

formats:
  table      what was found, and what gains over the stated one; of layouts their parts of a step,
             and those that no other beats in both rank and memory (the default)
  json       a list: the fields, step and memory, low and high of the interval; base units
  csv        a row for each, base units
The ending of FILE chooses the format: .txt, .json, .csv, or .svg, which draws layouts: step time
against memory, and the parts of each step.

examples:
  How would DeepSeek-V3 run fastest on its GPUs?
    dsexplore search deepseek-v3

  The same on H100s, with 10 GB left free, without DualPipe, as a scenario of its own:
    dsexplore search deepseek-v3 --set hardware=h100-80gb-sxm --where 'memory_headroom>=10 GB' \\
        --where pipeline_schedule!=dualpipe --save faster.toml

  What is the cheapest cluster that trains it within sixty days?
    dsexplore search deepseek-v3 --gpus 512:4096 --hardware h100-80gb-sxm=$2,b200=$4 \\
        --where 'days<60 d'

  How is it served cheapest, with at most 50 ms per token?
    dsexplore search deepseek-serving --what serving --where 'time_per_output_token<50 ms'
"""


def run(words: list[str]) -> int:
    """Search what is named of a scenario and print the best; returns the exit status."""
    arguments = _parser().parse_args(words)
    what = one_of("--what", arguments.what, tuple(_SHORT))
    arguments.format = chosen_format(arguments, _FORMATS, _ENDINGS)
    if arguments.format == "svg" and (what != _LAYOUT or arguments.gpus or arguments.hardware):
        raise ScenarioError("-o", "a picture of more than layouts", "one of layouts alone")
    _check_fitting_options(arguments, what)
    top = _count(arguments.top)
    limits = [limit(_spelt(text, what), "--where") for text in arguments.where]
    gpus = read_gpus(arguments.gpus) if arguments.gpus else ()
    kinds = read_hardware(arguments.hardware) if arguments.hardware else ()
    if arguments.save and not arguments.force and os.path.lexists(arguments.save):
        raise ScenarioError("", "a file of that name", "a new name, or --force", arguments.save)
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    try:
        if what in (_SERVING, _RL):
            if kinds:
                every = clusters(scenario, (), kinds)
                return _of_choices_on_each(arguments, what, limits, top, gpus, every)
            return _of_choices(arguments, scenario, what, limits, top, gpus)
        if what == _CLUSTER or gpus or kinds:
            gpus = gpus or (() if kinds else around(scenario))
            return _of_clusters(arguments, scenario, limits, top, clusters(scenario, gpus, kinds))
        return _of_layouts(arguments, scenario, limits, top)
    except ScenarioError as error:
        where = error.where or ("" if error.file else "--by")
        raise ScenarioError(where, error.found, error.allowed, error.file) from None


def _check_fitting_options(arguments: Namespace, what: str) -> None:
    """Raise ScenarioError for an option that another search takes."""
    if arguments.gpus and what == _SERVING:
        raise ScenarioError("--gpus", f"--what {what}", "--what layout or --what rl")
    if arguments.scheduler and what in (_SERVING, _RL):
        allowed = "--what layout or cluster; other searches take seconds, and are done here"
        raise ScenarioError("--scheduler", f"--what {what}", allowed)
    if arguments.frontier and (what != _LAYOUT or arguments.gpus or arguments.hardware):
        raise ScenarioError("--frontier", "a search of more than layouts", "--what layout alone")


def _by(arguments: Namespace, what: str, otherwise: str) -> str:
    by = (arguments.by or otherwise).strip()
    return _SHORT[what].get(by, by)


def _spelt(condition: str, what: str) -> str:
    """A condition with a short word spelt out."""
    for short, name in _SHORT[what].items():
        condition = re.sub(rf"^\s*{short}(?=\s*[<>=!])", name, condition)
    return condition


def _of_layouts(arguments: Namespace, scenario: Scenario, limits: Sequence[Limit], top: int) -> int:
    """The layouts of one cluster."""
    by = _by(arguments, _LAYOUT, _STEP)
    check_result(by)
    with workers_at(arguments.scheduler) as workers, watched("layouts") as watch:
        found = Search(
            scenario,
            by,
            limits,
            most=arguments.most,
            goes_on=watch.goes_on,
            told=watch.told,
            workers=workers,
        )
    if watch.is_stopped:
        say(f"stopped: only {found.judged.listed:,} layouts were judged, and these are the best")
    say_without_effect(arguments.scenario, scenario, arguments.settings, [_STEP, found.by])
    if found.is_predicted and arguments.format != _FORMATS[0]:
        say(PREDICTED)
    if not found.fitting:
        say(why_none(found))
        return INTERRUPTED if watch.is_stopped else _NOTHING_FITS
    layouts = found.at(found.frontier()[:top]) if arguments.frontier else found.best(top)
    if arguments.format == "svg":
        _put(arguments, pictures.of_search(found, layouts))
    else:
        _put(arguments, _in_format(arguments.format, found, layouts, _columns(arguments)))
    _save(arguments, found.scenario_of(layouts[0]))
    return INTERRUPTED if watch.is_stopped else 0


def _of_clusters(
    arguments: Namespace,
    scenario: Scenario,
    limits: Sequence[Limit],
    top: int,
    every: Sequence[Cluster],
) -> int:
    """The best layout of each cluster."""
    by = _by(arguments, _CLUSTER, "cost")
    with workers_at(arguments.scheduler) as workers, watched("clusters") as watch:
        found = best_of_each(
            every,
            by,
            limits,
            most=arguments.most,
            goes_on=watch.goes_on,
            told=watch.told,
            workers=workers,
        )
    if len(found) < len(every):
        say(f"stopped: only {len(found):,} of {len(every):,} clusters were searched")
    placed = [each for each in found if each.layout is not None][:top]
    lost = [each for each in found if each.layout is None]
    if not placed:
        for each in lost:
            named = ", ".join(f"{name} {value}" for name, value in each.cluster.fields.items())
            say(f"{named}: {each.why_none}")
        return INTERRUPTED if watch.is_stopped else _NOTHING_FITS
    if arguments.format == "json":
        _put(arguments, cluster_table.as_json(placed, by))
    elif arguments.format == "csv":
        _put(arguments, cluster_table.as_csv(placed, by))
    else:
        words = _words(placed[0].fields)
        _put(
            arguments,
            cluster_table.as_table([*placed, *lost], by, scenario, words, _columns(arguments)),
        )
    _save(arguments, placed[0].scenario)
    return INTERRUPTED if watch.is_stopped else 0


def _of_choices(
    arguments: Namespace,
    scenario: Scenario,
    what: str,
    limits: Sequence[Limit],
    top: int,
    gpus: Sequence[int],
) -> int:
    """The choices of serving or of RL."""
    by = _by(arguments, what, "")
    if by:
        check_result(by)
    space = _space(what, by, gpus)(scenario)
    with watched("choices") as watch:
        found = Chosen(
            scenario,
            space,
            limits,
            most=arguments.most,
            goes_on=watch.goes_on,
            told=watch.told,
        )
    if watch.is_stopped:
        say(f"stopped: only {found.listed:,} choices were judged, and these are the best")
    say_without_effect(arguments.scenario, scenario, arguments.settings, space.results)
    if not found.fitting:
        say(found.why_none())
        return INTERRUPTED if watch.is_stopped else _NOTHING_FITS
    choices = found.best(top)
    if arguments.format == "json":
        _put(arguments, choice_table.as_json(found, choices))
    elif arguments.format == "csv":
        _put(arguments, choice_table.as_csv(found, choices))
    else:
        predicted = space.predicted if found.is_predicted else {}
        differing = found.differing(choices[0])
        words = _words({**predicted, **differing}) if differing else ""
        _put(arguments, choice_table.as_table(found, choices, words, _columns(arguments)))
    _save(arguments, found.scenario_of(choices[0]))
    return INTERRUPTED if watch.is_stopped else 0


def _space(what: str, by: str, gpus: Sequence[int]) -> Callable[[Scenario], Space]:
    """What is chosen from in a scenario."""
    if what == _SERVING:
        return lambda scenario: serving(scenario, by)
    return lambda scenario: rl(scenario, by, gpus)


def _of_choices_on_each(
    arguments: Namespace,
    what: str,
    limits: Sequence[Limit],
    top: int,
    gpus: Sequence[int],
    every: Sequence[Cluster],
) -> int:
    """The best choice of serving or of RL on each kind of accelerator."""
    by = _by(arguments, what, "")
    if by:
        check_result(by)
    space_of = _space(what, by, gpus)
    with watched("clusters") as watch:
        found = on_each(
            every,
            space_of,
            limits,
            most=arguments.most,
            goes_on=watch.goes_on,
            told=watch.told,
        )
    if len(found) < len(every):
        say(f"stopped: only {len(found):,} of {len(every):,} clusters were searched")
    placed = [each for each in found if each.choice is not None][:top]
    lost = [each for each in found if each.choice is None]
    if not placed:
        for each in lost:
            named = ", ".join(f"{name} {value}" for name, value in each.fields.items())
            say(f"{named}: {each.why_none}")
        return INTERRUPTED if watch.is_stopped else _NOTHING_FITS
    space = space_of(placed[0].scenario)
    words = _words({**placed[0].fields, **space.predicted})
    columns = _columns(arguments)
    _put(
        arguments,
        choice_table.of_clusters([*placed, *lost], space, arguments.format, words, columns),
    )
    _save(arguments, placed[0].scenario)
    return INTERRUPTED if watch.is_stopped else 0


def _columns(arguments: Namespace) -> int | None:
    return terminal_columns() if arguments.output is None else None


def _put(arguments: Namespace, text: Printable) -> None:
    """Print text, or write it to the file that is named."""
    if arguments.output is None:
        write_out(text)
        return
    write_atomically(Path(arguments.output), text, overwrite=arguments.force)
    say(f"wrote {arguments.output}")


def _save(arguments: Namespace, taken: Scenario) -> None:
    if arguments.save:
        save(taken, Path(arguments.save), overwrite=arguments.force)
        say(f"wrote {arguments.save}")


def _parser() -> Parser:
    parser = Parser(
        "search",
        usage=_USAGE,
        summary="Find the best layouts of a run, clusters for it, or choices of serving and of RL.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        help="a preset's name, a scenario file or a model's config.json",
    )
    parser.add_argument(
        "--what",
        metavar="WHAT",
        default=_LAYOUT,
        help=f"{', '.join(_SHORT)}; see below",
    )
    parser.add_argument(
        "--top", metavar="N", default=str(_TOP), help=f"list so many; {_TOP} if not given"
    )
    parser.add_argument(
        "--by",
        metavar="NAME",
        help="rank by this result, the lowest first: cost, days or any; if not given, layouts by "
        "step_time, clusters and serving by cost, RL by days",
    )
    parser.add_argument("--most", action="store_true", help="rank the highest first")
    parser.add_argument(
        "--where",
        metavar="CONDITION",
        action="append",
        default=[],
        help="only what has this, such as 'memory_headroom>10 GB', expert_parallel=64, 'days<60 d' "
        "or 'cost<5M'; may be repeated",
    )
    parser.add_argument(
        "--gpus",
        metavar="LOW:HIGH",
        help="search over numbers of accelerators: LOW:HIGH doubles, LOW:HIGH:STEP, or A,B,C",
    )
    parser.add_argument(
        "--hardware",
        metavar="NAME[=PRICE],...",
        help="search over these presets of hardware, each at its own price or at PRICE per hour",
    )
    parser.add_argument(
        "--frontier",
        action="store_true",
        help="list the layouts that no other beats in both rank and memory",
    )
    add_settings(parser)
    add_scheduler(parser)
    parser.add_argument(
        "--save", metavar="FILE", help="write the scenario with the first layout to a new file"
    )
    add_output(parser, _FORMATS)
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= 10_000:
        raise ScenarioError("--top", shown(text), "a whole number from 1 to 10,000")
    return int(text)


def _in_format(
    form: str, found: Search, layouts: Sequence[Layout], columns: int | None
) -> Printable:
    if form == "json":
        return to_json([_as_json(each, found.by) for each in layouts])
    if form == "csv":
        return _as_csv(found, layouts)
    words = _words(found.differing(layouts[0]))
    return as_table(found, layouts, words, columns)


def _words(fields: Mapping[str, Value]) -> str:
    """The words of a command line that set some fields."""
    return shlex.join(
        word for name, value in fields.items() for word in ("--set", f"{name}={str(value).lower()}")
    )


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
