"""`dsexplore search`: the best layouts, clusters, or choices of serving and of RL."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from dsexplore.analysis.search.clusters import around, clusters, read_gpus, read_hardware
from dsexplore.analysis.search.limits import limit
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.asked import add_scenario, number_listed
from dsexplore.cli.input.candidates import results
from dsexplore.cli.input.output_file import add_output, chosen_format
from dsexplore.cli.input.settings import add_settings, with_settings
from dsexplore.cli.input.workers import add_scheduler
from dsexplore.cli.search.asked import CLUSTER, LAYOUT, RL, SERVING, SHORT, Asked, spelt
from dsexplore.cli.search.choices import of_choices, of_choices_on_each
from dsexplore.cli.search.clusters import of_clusters
from dsexplore.cli.search.layouts import of_layouts
from dsexplore.export.endings import DATA, PICTURE, REPORTED, REPORTS
from dsexplore.files.writing import check_new
from dsexplore.library.open import load
from dsexplore.text.refusal import ScenarioError

_ENDINGS = {**DATA, **REPORTS, **PICTURE}
_TOP = 10
_USAGE = f"""dsexplore search SCENARIO [--what {"|".join(SHORT)}] [--top N] [--by NAME] [--most]
                        [--where CONDITION]... [--gpus LOW:HIGH] [--hardware NAME[=PRICE],...]
                        [--frontier] [--set NAME=VALUE]... [--save FILE] [--force]
                        [--scheduler ADDRESS] [--format {"|".join(REPORTED)}] [-o FILE]"""
_EPILOG = f"""\
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
  markdown, html   a report to hand on, with its picture: of layouts step time against memory
The ending of FILE chooses the format: {", ".join(_ENDINGS)}, of which the last
is the picture alone.

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
    arguments = grammar().parse_args(words)
    what = one_of("--what", arguments.what, tuple(SHORT))
    arguments.format = chosen_format(arguments, REPORTED, _ENDINGS)
    _check_fitting_options(arguments, what)
    limits = [limit(spelt(text, what), "--where") for text in arguments.where]
    asked = Asked(arguments, limits, number_listed("--top", arguments.top))
    gpus = read_gpus(arguments.gpus) if arguments.gpus else ()
    kinds = read_hardware(arguments.hardware) if arguments.hardware else ()
    if arguments.save:
        check_new(Path(arguments.save), force=arguments.force)
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    try:
        if what in (SERVING, RL):
            if kinds:
                every = clusters(scenario, (), kinds)
                return of_choices_on_each(asked, scenario, what, gpus, every)
            return of_choices(asked, scenario, what, gpus)
        if what == CLUSTER or gpus or kinds:
            gpus = gpus or (() if kinds else around(scenario))
            return of_clusters(asked, scenario, clusters(scenario, gpus, kinds))
        return of_layouts(asked, scenario)
    except ScenarioError as error:
        where = error.where or ("" if error.file else "--by")
        raise ScenarioError(where, error.found, error.allowed, error.file) from None


def _check_fitting_options(arguments: Namespace, what: str) -> None:
    """Raise ScenarioError for an option that another search takes."""
    if arguments.gpus and what == SERVING:
        raise ScenarioError("--gpus", f"--what {what}", "--what layout or --what rl")
    if arguments.scheduler and what in (SERVING, RL):
        allowed = "--what layout or cluster; other searches take seconds, and are done here"
        raise ScenarioError("--scheduler", f"--what {what}", allowed)
    if arguments.frontier and (what != LAYOUT or arguments.gpus or arguments.hardware):
        raise ScenarioError("--frontier", "a search of more than layouts", "--what layout alone")


def grammar() -> Parser:
    parser = Parser(
        "search",
        usage=_USAGE,
        summary="Find the best layouts of a run, clusters for it, or choices of serving and of RL.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    parser.add_argument(
        "--what",
        metavar="WHAT",
        words=(LAYOUT, CLUSTER, SERVING, RL),
        default=LAYOUT,
        help=f"{', '.join(SHORT)}; see below",
    )
    parser.add_argument(
        "--top", metavar="N", default=str(_TOP), help=f"list so many; {_TOP} if not given"
    )
    parser.add_argument(
        "--by",
        metavar="NAME",
        words=results,
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
    add_output(parser, REPORTED)
    return parser
