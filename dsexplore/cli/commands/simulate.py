"""`dsexplore simulate`: the distribution of results where fields are uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dsexplore.analysis.simulate.simulate import (
    MOST_RESULTS,
    MOST_SAMPLES,
    Simulation,
    Spread,
    simulate,
)
from dsexplore.analysis.summaries.headlines import headlines
from dsexplore.cli.errors import INTERRUPTED, say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.asked import (
    add_results,
    add_scenario,
    base_of,
    result_asked,
    results_asked,
    whole_number,
)
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.input.workers import add_scheduler, workers_at
from dsexplore.cli.output.beside import beside
from dsexplore.cli.output.parquet import ENDING, check_parquet, parquet_file
from dsexplore.cli.output.progress import watched
from dsexplore.cli.output.stdout import terminal_columns
from dsexplore.engine.effect import without_effect
from dsexplore.engine.names import is_number, unit_of
from dsexplore.engine.standing import Standing
from dsexplore.export.endings import DATA, PICTURE, REPORTED, REPORTS
from dsexplore.export.pictures import found as pictures
from dsexplore.export.plots.histogram import histogram_lines
from dsexplore.export.reports.report import report_text
from dsexplore.export.reports.simulation import (
    FIGURES,
    asides,
    data,
    figure_texts,
    inputs,
    simulation_report,
)
from dsexplore.library.open import load
from dsexplore.scenario.fields import FIELDS
from dsexplore.scenario.scenario import Scenario, known_field
from dsexplore.scenario.uncertainty import Distribution
from dsexplore.text.columns import aligned, folded
from dsexplore.text.csv_text import to_csv
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, shown

_ENDINGS = {**DATA, **REPORTS, ENDING: "parquet", **PICTURE}
_SAMPLES = 10_000
_USAGE = f"""dsexplore simulate SCENARIO [--of NAME]... [--samples N] [--seed S]
                          [--uncertain NAME=KIND:NUMBERS]... [--no-model-error]
                          [--budget NAME=VALUE]... [--set NAME=VALUE]...
                          [--scheduler ADDRESS] [--format {"|".join(REPORTED)}]
                          [-o FILE] [--force]"""
_EPILOG = f"""\
The fields under [uncertainty] in the file are drawn from their distributions, correlated where
[correlations] says so, and what is predicted errs as its interval says, all of a run together.
Draws are Sobol' points, the same for the same seed, at most {MOST_SAMPLES:,} of them. What an input
carries is its share of the variance by itself (Sobol's first order): what several do together is
no one's, and correlated inputs count what they share twice. Without --of or --budget it shows the
headlines. A draw that cannot be had, as a layout
that does not fit, is left out and counted. The ending of FILE chooses the format:
{", ".join(_ENDINGS)}; SVG draws the histograms, and Parquet
holds every sample, its drawn fields and its results (pyarrow writes it). What takes long is done on
every core, and an interrupt keeps the samples that are drawn.

examples:
  What did R1's reinforcement learning cost, if 512 to 1,024 questions a step are as likely?
    dsexplore simulate deepseek-r1-epoch --of rl_cost,total_cost --budget rl_cost='$1.5M'

  How sure are the days of a run on other accelerators?
    dsexplore simulate deepseek-v3 --set hardware=h200-141gb-sxm --of pretraining_days \\
        --uncertain goodput=triangular:0.8:0.9:0.97 --budget pretraining_days='60 d'
"""
_BAR = 40


def run(words: list[str]) -> int:
    """Print a simulation of the named scenario; returns the exit status."""
    arguments = grammar().parse_args(words)
    chosen = chosen_format(arguments, REPORTED, _ENDINGS)
    if chosen == "parquet":
        check_parquet()
    budgets = dict(_budget(each) for each in arguments.budget)
    samples = whole_number("--samples", arguments.samples)
    seed = whole_number("--seed", arguments.seed)
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    scenario = _with_uncertain(scenario, arguments.uncertain)
    names = results_asked(arguments.of) or ([] if budgets else _likely(scenario))
    asked = list(dict.fromkeys([*names, *budgets]))
    say_without_effect(arguments.scenario, scenario, arguments.settings, asked)
    with workers_at(arguments.scheduler) as workers, watched("samples") as watch:
        found = simulate(
            scenario,
            asked,
            samples,
            seed,
            model_error=arguments.model_error,
            told=watch.told,
            goes_on=watch.goes_on,
            workers=workers,
            keep_draws=chosen == "parquet",
        )
    for sentence in _said(scenario, found):
        say(sentence)
    if chosen == "parquet":
        _write_samples(Path(arguments.output), found, overwrite=arguments.force)
        say(f"wrote {arguments.output}")
    elif chosen == "svg":
        put(arguments, pictures.of_simulation(found, scenario, asked, budgets))
    elif chosen in REPORTS.values():
        of_each = {name: [budget] for name, budget in budgets.items()}
        report = simulation_report(found, scenario, asked, of_each, base_of(arguments))
        put(arguments, report_text(report, chosen))
    else:
        columns = terminal_columns() if arguments.output is None else None
        is_brief = not (arguments.of or budgets)
        both = names, asked
        put(arguments, _text(chosen, scenario, found, both, budgets, columns, is_brief=is_brief))
    if found.samples == samples:
        return 0
    say(f"stopped: {found.samples:,} of {samples:,} samples were drawn, and results are of these")
    return INTERRUPTED


def _text(
    chosen: str,
    scenario: Scenario,
    found: Simulation,
    names: tuple[Sequence[str], Sequence[str]],
    budgets: dict[str, float],
    columns: int | None,
    *,
    is_brief: bool,
) -> Printable:
    """A summary; `names` are the results asked for, and those with budgets as well."""
    if chosen == "json":
        return _json(found, names[0], budgets)
    if chosen == "csv":
        return to_csv(data(found, names[1], budgets))
    return in_lines(_table(scenario, found, names[1], budgets, columns, is_brief=is_brief))


def _write_samples(path: Path, found: Simulation, *, overwrite: bool) -> None:
    """Write every sample: its drawn fields, and its results, null where it has none."""
    columns = {**found.draws, **found.every}
    with parquet_file(path, {name: unit_of(name) for name in columns}, overwrite=overwrite) as put:
        put(columns)


def grammar() -> Parser:
    parser = Parser(
        "simulate",
        usage=_USAGE,
        summary="Show how results are distributed where fields are uncertain, and why.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    add_results(parser, "if not given, the headlines")
    parser.add_argument(
        "--samples",
        metavar="N",
        default=str(_SAMPLES),
        help=f"how many draws; default {_SAMPLES:,}",
    )
    parser.add_argument(
        "--seed", metavar="S", default="0", help="another seed, other draws; default 0"
    )
    parser.add_argument(
        "--uncertain",
        metavar="NAME=KIND:NUMBERS",
        action="append",
        default=[],
        help="a distribution as in a file: assumed_mfu=uniform:0.3:0.5; may be repeated",
    )
    parser.add_argument(
        "--no-model-error",
        dest="model_error",
        action="store_false",
        help="leave out that predictions err: only the fields' own spread",
    )
    parser.add_argument(
        "--budget",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="say how likely a result is at most this; may be repeated",
    )
    add_settings(parser)
    add_scheduler(parser)
    add_output(parser, REPORTED)
    return parser


def _likely(scenario: Scenario) -> list[str]:
    """The headlines that are numbers, as many as a simulation keeps."""
    names = headlines(Standing(scenario))
    return [name for name in names if is_number(name)][:MOST_RESULTS]


def _budget(words: str) -> tuple[str, float]:
    """A result's name and an amount of its unit."""
    name, equals, amount = (part.strip() for part in words.partition("="))
    if not (name and equals and amount):
        raise ScenarioError("--budget", shown(words), "NAME=VALUE, such as total_cost='$6M'")
    result_asked("--budget", name)
    try:
        return name, float(parse_quantity(amount, unit_of(name)))
    except UnitError as error:
        raise ScenarioError(f"--budget {name}", shown(amount), f"an amount: {error}") from None


def _with_uncertain(scenario: Scenario, options: Sequence[str]) -> Scenario:
    """The scenario with the distributions of the command line over those of the file."""
    stated = dict(scenario.uncertainty)
    for words in options:
        name, equals, rest = (part.strip() for part in words.partition("="))
        kind, *numbers = (part.strip() for part in rest.split(":"))
        if not (name and equals and kind and numbers):
            allowed = "NAME=KIND:NUMBERS, such as assumed_mfu=uniform:0.3:0.5"
            raise ScenarioError("--uncertain", shown(words), allowed)
        stated[name] = Distribution.read(known_field(name, "--uncertain"), {kind: numbers})
    return replace(scenario, uncertainty=stated)


def _said(scenario: Scenario, found: Simulation) -> list[str]:
    """What was drawn in vain or left out, and what is the matter as things stand."""
    said = without_effect(scenario, found.idle, list(found.spreads), is_tried=False)
    said += [f"set aside, since it is so as things stand: {sentence}" for sentence in found.aside]
    said += [
        f"{name}: {count:,} of {found.samples:,} samples cannot be had and are left out: {sentence}"
        for name, (count, sentence) in found.missing.items()
    ]
    return said


# For programs


def _json(found: Simulation, names: Sequence[str], budgets: dict[str, float]) -> Printable:
    document: dict[str, object] = {
        "quantities": {name: _figures(found.spreads[name]) for name in names},
        "samples": found.samples,
        "seed": found.seed,
    }
    if budgets:
        document["budgets"] = {
            name: {"at_most": budget, "chance": found.chance(name, budget)}
            for name, budget in budgets.items()
        }
    return to_json(document)


def _figures(spread: Spread) -> dict[str, float]:
    return {name: float(getattr(spread, name)) for name in FIGURES}


# For people


def _table(
    scenario: Scenario,
    found: Simulation,
    names: Sequence[str],
    budgets: dict[str, float],
    columns: int | None,
    *,
    is_brief: bool,
) -> list[str]:
    rows = [["", "as stated", "mean", "std", "5 %", "50 %", "95 %"]]
    rows += [[name, *figure_texts(name, found.spreads[name])] for name in names]
    lines = [*folded(f"{found.samples:,} samples, seed {found.seed}. Uncertain:", columns)]
    lines += [f"  {name}: {how}" for name, how in inputs(scenario, found)]
    lines += ["", *aligned(rows, range(1, len(rows[0])))]
    if is_brief:
        lines += ["", *folded("--of NAME draws how one of them is distributed.", columns)]
    for name in () if is_brief else names:
        lines += ["", *histogram_lines(name, found.spreads[name])]
        said = asides(name, found, {each: [budget] for each, budget in budgets.items()})
        lines += [line for each in said for line in folded(each, columns)]
    notes = beside(scenario, names, [name for name in found.inputs if name in FIELDS])
    lines += ["", *(line for said in notes for line in folded(said, columns))] if notes else []
    return lines
