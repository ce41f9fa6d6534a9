"""`dsexplore calibrate`: a software stack updated by measured steps, or fitted to all runs."""

from __future__ import annotations

import math
from argparse import Namespace

from dsexplore.analysis.accuracy.apart import check_reach, read_step
from dsexplore.analysis.accuracy.fit import Fit, fit
from dsexplore.analysis.accuracy.posterior import (
    MEASURED_SPREAD,
    MeasuredStep,
    Posterior,
    Updated,
    posterior,
    steps_of_runs,
)
from dsexplore.cli.commands.accuracy import mean_and_largest
from dsexplore.cli.errors import REFUSED, UsageError, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.candidates import presets_or_files, scenarios
from dsexplore.cli.input.run_files import fittable, named_runs, readable_runs
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.library.open import load
from dsexplore.library.own import save_stack
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.columns import aligned, folded, percent
from dsexplore.text.format import format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.refusal import ScenarioError, shown

_FORMATS = ("table", "json")
# Each run is left out in turn.
_FEWEST = 2
_SPREAD = "software_spread"
_GRAMMAR = (
    "SCENARIO --step-time SECONDS or --runs FILE, each once or more, [--save NAME [--force]]; or "
    "--fit [FILE ...]"
)
_USAGE = f"""dsexplore calibrate SCENARIO [--step-time SECONDS]... [--runs FILE]...
                           [--save NAME [--force]] [--format {"|".join(_FORMATS)}]
       dsexplore calibrate --fit [FILE ...] [--format {"|".join(_FORMATS)}]"""
_EPILOG = """\
Measured steps move the factors of the scenario's software stack: kernels, memory traffic, overlap.
Each starts from its value in the stack, stays within its bounds, and moves no further than the
measurements ask for. With several steps, of other layouts too, more factors are told apart. Saved
under a name, the result is a software stack for any scenario: what the formulas themselves miss of
this model and layout is then left out of it.

examples:
  dsexplore calibrate our-run.toml --step-time '4.2 s'
  dsexplore calibrate our-run.toml --step-time '4200 ms' --step-time 4.3 --save ours
  dsexplore calibrate our-run.toml --runs our-runs.toml
  dsexplore eval llama-3-70b --set software_stack=ours --only step_time,predicted_mfu
  dsexplore calibrate --fit                       fit the shipped factors again
"""


def run(words: list[str]) -> int:
    """Set a stack by a measured step, or fit all stacks to published runs; returns the status."""
    arguments = grammar().parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    if arguments.fit:
        _refuse_with_fit(arguments)
        return _fit(arguments)
    _check_grammar(arguments)
    _measured(arguments)
    return 0


def grammar() -> Parser:
    parser = Parser(
        "calibrate",
        usage=_USAGE,
        summary="Update a software stack by measured steps of your own cluster, or fit "
        "efficiencies and\nstacks to published runs again.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "names",
        metavar="SCENARIO",
        words=scenarios,
        nargs="*",
        help="the measured run's model, hardware and layout: a preset's name or a file; "
        "with --fit, files of runs",
    )
    parser.add_argument(
        "--step-time",
        metavar="SECONDS",
        action="append",
        help="time of one step: 19.9, '250 ms', '2 min'; may be repeated",
    )
    parser.add_argument(
        "--runs",
        metavar="FILE",
        words=presets_or_files("runs"),
        action="append",
        help="a file of measured runs with this stack on this accelerator; may be repeated",
    )
    parser.add_argument("--save", metavar="NAME", help="save it as a software stack of your own")
    parser.add_argument("--force", action="store_true", help="replace a stack of the same name")
    parser.add_argument(
        "--fit", action="store_true", help="fit efficiencies and stacks to published runs"
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        words=_FORMATS,
        default=_FORMATS[0],
        help=f"of what was found: {' or '.join(_FORMATS)}",
    )
    return parser


def _refuse_with_fit(arguments: Namespace) -> None:
    given = {
        "--step-time": arguments.step_time,
        "--runs": arguments.runs,
        "--save": arguments.save,
    }
    for option, value in given.items():
        if value is not None:
            raise UsageError(f"calibrate: found {option} with --fit; allowed: {_GRAMMAR}")


def _check_grammar(arguments: Namespace) -> None:
    found = ""
    if len(arguments.names) != 1:
        found = f"{len(arguments.names) or 'no'} scenario{'s' * (len(arguments.names) > 1)}"
    elif arguments.step_time is None and arguments.runs is None:
        found = "no --step-time"
    if found:
        raise UsageError(f"calibrate: found {found}; allowed: {_GRAMMAR}")


# Measured steps


def _measured(arguments: Namespace) -> None:
    scenario = load(arguments.names[0])
    steps = _steps(scenario, arguments)
    found = posterior(scenario, steps, for_others=arguments.save is not None)
    path = None
    if arguments.save is not None:
        name, force = arguments.save, arguments.force
        path = save_stack(found.scenario, name, notes=found.notes, overwrite=force)
    if arguments.format == "json":
        write_out(_posterior_json(found))
    else:
        write_out(in_lines(_account(found, arguments.save)))
    if path is not None:
        say(f"saved {path}")


def _steps(scenario: Scenario, arguments: Namespace) -> list[MeasuredStep]:
    title = shown(scenario.title or arguments.names[0])[1:-1]
    steps = []
    for text in arguments.step_time or ():
        seconds = _seconds(text)
        check_reach(scenario, seconds, "SCENARIO", "--step-time")
        steps.append(MeasuredStep(title, scenario, seconds))
    if arguments.runs:
        found = steps_of_runs(scenario, fittable(named_runs(arguments.runs)))
        if not found:
            allowed = "runs with the time or speed of a step, whose cluster and layout are known"
            raise ScenarioError("--runs", "no step", allowed)
        for step in found:
            check_reach(step.scenario, step.seconds, step.name, step.name)
        steps += found
    return steps


def _seconds(text: str) -> float:
    try:
        return read_step(text)
    except ScenarioError as error:
        raise ScenarioError("--step-time", error.found, error.allowed) from None


def _account(found: Posterior, saved: str | None) -> list[str]:
    """Factors and steps before and after, and what no factor explains, in words."""
    factors = [
        [
            each.factor.field,
            _digits(each.prior),
            _distance(each, each.prior_spread),
            _digits(each.posterior),
            _distance(each, each.spread),
            f"{each.factor.lowest:g} to {each.factor.highest:g}",
            "at its bound" if each.is_at_bound else "",
        ]
        for each in found.factors
    ]
    spread = [_SPREAD, _digits(found.prior_spread), "", _digits(found.spread), "", "", ""]
    steps = [
        [
            each.step.name,
            _time(each.step.seconds),
            _time(each.before),
            percent(each.before / each.step.seconds - 1),
            _time(each.after),
            percent(each.after / each.step.seconds - 1),
        ]
        for each in found.steps
    ]
    heads = [
        ["factor", "before", "", "calibrated", "", "within", ""],
        ["step", "measured", "before", "error", "calibrated", "error"],
    ]
    number = f"{len(steps)} measured steps move" if len(steps) > 1 else "The measured step moves"
    stack = shown(found.scenario.parallelism.software_stack)
    columns = terminal_columns()
    first = f"{number} the factors of the software stack {stack}, each within its bounds."
    return [
        *folded(first, columns),
        "",
        *aligned([heads[0], *factors, spread], (1, 2, 3, 4)),
        "",
        *aligned([heads[1], *steps], (1, 2, 3, 4, 5), columns),
        "",
        *(line for text in _unexplained(found) for line in (*folded(text, columns), "")),
        *folded(_keeping(found, saved), columns),
    ]


def _distance(each: Updated, spread: float) -> str:
    """An ordinary distance from a value: a share of it, or a difference."""
    if each.factor.is_share:
        return f"±{percent(spread, 0, signed=False)}"
    return f"±{_digits(spread)}"


def _unexplained(found: Posterior) -> list[str]:
    """What is left of the farthest step, and whether more than its formulas ordinarily miss."""
    worst = max(found.steps, key=lambda each: abs(math.log1p(each.unexplained)) / each.ordinary)
    left = abs(math.log1p(worst.unexplained))
    if left <= MEASURED_SPREAD:
        return []
    slower = "longer" if worst.unexplained > 0 else "shorter"
    if left <= 2 * worst.ordinary:
        return [
            f"What is left of {worst.step.name}, "
            f"{percent(abs(worst.unexplained), signed=False)} {slower}, is no more than formulas "
            "miss of a model and layout: it tells nothing of the stack. Steps of other layouts "
            "tell the two apart."
        ]
    return [
        f"No factor within its bounds explains why {worst.step.name} took "
        f"{percent(abs(worst.unexplained), signed=False)} {slower}: model, layout, batch or "
        "accelerator may be another.",
    ]


def _keeping(found: Posterior, saved: str | None) -> str:
    if saved:
        return f"'--set software_stack={saved}' predicts any scenario with it."
    settings = " ".join(f"--set {name}={value:.4g}" for name, value in found.changes.items())
    return f"'{settings}' applies them; '--save NAME' makes a stack for other scenarios."


def _posterior_json(found: Posterior) -> Printable:
    document = {
        "factors": [
            {
                "field": each.factor.field,
                "prior": each.prior,
                "prior_spread": each.prior_spread,
                "posterior": each.posterior,
                "spread": each.spread,
                "lowest": each.factor.lowest,
                "highest": each.factor.highest,
                "is_at_bound": each.is_at_bound,
            }
            for each in found.factors
        ],
        _SPREAD: {"prior": found.prior_spread, "posterior": found.spread},
        "steps": [
            {
                "name": each.step.name,
                "measured": each.step.seconds,
                "before": each.before,
                "after": each.after,
                "unexplained": each.unexplained,
            }
            for each in found.steps
        ],
    }
    return to_json(document)


def _time(seconds: Value) -> str:
    return format_value(seconds, "second")


def _digits(value: float) -> str:
    return format_value(value, "", 3)


# Published runs


def _fit(arguments: Namespace) -> int:
    readable, refused = readable_runs(arguments.names)
    if refused and arguments.names:
        raise refused[0]
    runs = fittable(readable)
    if len(runs) < _FEWEST:
        allowed = f"{_FEWEST} runs or more whose cluster and layout are known"
        raise ScenarioError("FILE", f"{len(runs) or 'no'} run to fit to", allowed)
    found = fit(runs)
    write_out(_json(found) if arguments.format == "json" else _table(found))
    refusals = [str(error) for error in refused]
    for sentence in refusals:
        say(sentence)
    return REFUSED if refusals else 0


def _table(found: Fit) -> Printable:
    factors = [
        [
            node.factor.field,
            node.of,
            _digits(value),
            _digits(node.factor.typical),
            f"{node.factor.lowest:g} to {node.factor.highest:g}",
            "at its bound" if value in (node.factor.lowest, node.factor.highest) else "",
        ]
        for node, value in found.values.items()
    ]
    errors = [[name, percent(error)] for name, error in found.errors.items()]
    names = ("mean absolute error", "max absolute error")
    pairs = zip(names, mean_and_largest(found.errors), strict=True)
    sums = [[name, percent(error, signed=False)] for name, error in pairs]
    lines = [
        *aligned([["factor", "of", "fitted", "typical", "within", ""], *factors], (2, 3)),
        "",
        *aligned([["run", "error"], *errors, *sums], (1,)),
    ]
    return in_lines(lines)


def _json(found: Fit) -> Printable:
    mean, largest = mean_and_largest(found.errors)
    document = {
        "factors": [
            {
                "field": node.factor.field,
                "of": list(node.path),
                "value": value,
                "typical": node.factor.typical,
                "lowest": node.factor.lowest,
                "highest": node.factor.highest,
            }
            for node, value in found.values.items()
        ],
        "runs": [{"name": name, "error": error} for name, error in found.errors.items()],
        "mean_absolute_error": mean,
        "max_absolute_error": largest,
    }
    return to_json(document)
