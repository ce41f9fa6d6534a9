"""`dsexplore calibrate`: a software stack's factors from one measured step or published runs."""

from __future__ import annotations

import math
from argparse import Namespace

from dsexplore.analysis.accuracy.fit import Fit, fit
from dsexplore.analysis.accuracy.one_step import stack_from_step_time
from dsexplore.cli.commands.accuracy import mean_and_largest
from dsexplore.cli.errors import REFUSED, UsageError, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.run_files import fittable, readable_runs
from dsexplore.cli.output.columns import aligned, percent
from dsexplore.cli.output.stdout import write_out
from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.library.own import save_stack
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, shown

_FORMATS = ("table", "json")
# Beyond a quarter or four times the usual speed, kernels are not the reason.
_SLOWEST, _FASTEST = 0.25, 4.0
# Each run is left out in turn.
_FEWEST = 2
_FACTOR = "kernel_factor"
_GRAMMAR = "SCENARIO --step-time SECONDS [--save NAME [--force]], or --fit [FILE ...]"
_USAGE = f"""dsexplore calibrate SCENARIO --step-time SECONDS [--save NAME [--force]]
       dsexplore calibrate --fit [FILE ...] [--format {"|".join(_FORMATS)}]"""
_EPILOG = """\
One measured step tells how fast a cluster's kernels are compared with the scenario's software
stack. Saved under a name, the result is a software stack for any scenario.

examples:
  dsexplore calibrate our-run.toml --step-time '4.2 s'
  dsexplore calibrate our-run.toml --step-time '4200 ms' --save ours
  dsexplore eval llama-3-70b --set software_stack=ours --only step_time,predicted_mfu
  dsexplore calibrate --fit                       fit the shipped factors again
"""


def run(words: list[str]) -> int:
    """Set a stack by a measured step, or fit all stacks to published runs; returns the status."""
    arguments = _parser().parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    if arguments.fit:
        _refuse_with_fit(arguments)
        return _fit(arguments)
    _check_grammar(arguments)
    _measured(arguments)
    return 0


def _parser() -> Parser:
    parser = Parser(
        "calibrate",
        usage=_USAGE,
        summary="Set a software stack by one measured step of your own cluster, or fit "
        "efficiencies and\nstacks to published runs again.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "names",
        metavar="SCENARIO",
        nargs="*",
        help="the measured run's model, hardware and layout: a preset's name or a file; "
        "with --fit, files of runs",
    )
    parser.add_argument(
        "--step-time", metavar="SECONDS", help="time of one step: 19.9, '250 ms', '2 min'"
    )
    parser.add_argument("--save", metavar="NAME", help="save it as a software stack of your own")
    parser.add_argument("--force", action="store_true", help="replace a stack of the same name")
    parser.add_argument(
        "--fit", action="store_true", help="fit efficiencies and stacks to published runs"
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        default=_FORMATS[0],
        help=f"of what was fitted: {' or '.join(_FORMATS)}",
    )
    return parser


def _refuse_with_fit(arguments: Namespace) -> None:
    given = {"--step-time": arguments.step_time, "--save": arguments.save}
    for option, value in given.items():
        if value is not None:
            raise UsageError(f"calibrate: found {option} with --fit; allowed: {_GRAMMAR}")


def _check_grammar(arguments: Namespace) -> None:
    found = ""
    if len(arguments.names) != 1:
        found = f"{len(arguments.names) or 'no'} scenario{'s' * (len(arguments.names) > 1)}"
    elif arguments.step_time is None:
        found = "no --step-time"
    if found:
        raise UsageError(f"calibrate: found {found}; allowed: {_GRAMMAR}")


# One measured step


def _measured(arguments: Namespace) -> None:
    scenario = load(arguments.names[0])
    seconds = _seconds(arguments.step_time)
    _check_reach(scenario, seconds)
    calibrated = stack_from_step_time(scenario, seconds, lowest=_SLOWEST, highest=_FASTEST)
    path = None
    if arguments.save is not None:
        of = shown(scenario.title or arguments.names[0])
        note = f"From a measured step of {seconds:g} s of {of}."
        path = save_stack(
            calibrated, arguments.save, notes={_FACTOR: note}, overwrite=arguments.force
        )
    write_out(in_lines(_account(scenario, calibrated, seconds, arguments.save)))
    if path is not None:
        say(f"saved {path}")


def _seconds(text: str) -> float:
    try:
        seconds = float(parse_quantity(text, "second"))
    except UnitError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        allowed = "a time above 0, such as 19.9 s, 250 ms or 2 min"
        raise ScenarioError("--step-time", shown(text), allowed)
    return seconds


def _check_reach(scenario: Scenario, seconds: float) -> None:
    """Refuse a step nobody can predict, and a time out of reach of any kernel speed."""
    inputs = scenario.inputs()
    found = evaluate(inputs, ["step_time", "layout_problem"])
    if math.isnan(found["step_time"]):
        problem = str(found["layout_problem"]).strip().rstrip(".")
        why = f" ({problem})" if problem else ""
        allowed = "a scenario whose architecture, hardware and layout are known"
        raise ScenarioError("SCENARIO", f"a step that cannot be predicted{why}", allowed)
    slow, fast = (
        evaluate({**inputs, _FACTOR: factor}, ["step_time"])["step_time"]
        for factor in (_SLOWEST, _FASTEST)
    )
    if not fast <= seconds <= slow:
        allowed = (
            f"{_time(fast)} to {_time(slow)}, the range of kernels of {_FASTEST:g} to "
            f"{_SLOWEST:g} times the accelerator's usual speed with this layout"
        )
        raise ScenarioError("--step-time", _time(seconds), allowed)


def _account(before: Scenario, after: Scenario, seconds: float, saved: str | None) -> list[str]:
    """The factor found, and its effect, in words."""
    names = ["step_time", "predicted_mfu"]
    old, new = (evaluate(scenario.inputs(), names) for scenario in (before, after))
    was, now = before.parallelism.kernel_factor, after.parallelism.kernel_factor
    speed = f"{now / was:.3g} times as fast as" if was != now else "as fast as"
    stack = shown(before.parallelism.software_stack)
    rows = [
        ["", "before", "calibrated"],
        [_FACTOR, _digits(was), _digits(now)],
        ["step_time", _time(old["step_time"]), _time(new["step_time"])],
        ["predicted_mfu", *(_share(found["predicted_mfu"]) for found in (old, new))],
    ]
    keep = (
        f"'--set software_stack={saved}' predicts any scenario with it."
        if saved
        else f"'--save NAME' keeps it; so does '--set {_FACTOR}={now!r}'."
    )
    return [
        f"A step of {_time(seconds)} means kernels {speed} those of the software stack {stack}.",
        "",
        *aligned(rows, (1, 2)),
        "",
        keep,
    ]


def _time(seconds: Value) -> str:
    return format_value(seconds, "second")


def _share(value: Value) -> str:
    return format_value(value, "fraction")


def _digits(value: float) -> str:
    return format_value(value, "")


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
