"""`dsexplore solve`: the field value at which a result meets a target."""

from __future__ import annotations

from dsexplore.analysis.solve.solve import Solution, SolveError, side_and_target, solve
from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.asked import add_scenario
from dsexplore.cli.input.candidates import fields
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.engine import QUANTITIES, warnings_in
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import is_name, unit_of
from dsexplore.engine.standing import Standing
from dsexplore.library.open import load
from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.scenario import FIELDS, Scenario, known_field
from dsexplore.text.columns import aligned, folded
from dsexplore.text.format import format_exact, format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import in_lines
from dsexplore.text.refusal import ScenarioError, shown

_NO_SOLUTION = 1
_FORMATS = ("table", "json")
_USAGE = f"""dsexplore solve SCENARIO RESULT=TARGET --by FIELD [--between LOW HIGH]
                       [--set NAME=VALUE]... [--format {"|".join(_FORMATS)}]"""
_EPILOG = """\
TARGET is an amount with units as in a file, or the name of another result or field. Of several
solutions, the nearest to the present value is given. A whole number is the smallest at or beyond
the target, unless that brings a problem; RESULT<=TARGET and RESULT>=TARGET choose the side. The
exit status is 1 without a solution.

examples:
  How many GPUs would train DeepSeek-V3 in 30 days?
    dsexplore solve deepseek-v3 pretraining_days='30 d' --by num_gpus

  At which MFU does the reinforcement learning of R1-Zero cost as much as pre-training?
    dsexplore solve deepseek-r1-zero-estimate rl_cost=pretraining_cost --by rl_mfu \\
        --set rl_utilization=assumed

  At what sequence length is the memory full?
    dsexplore solve deepseek-v3 memory_per_gpu=memory_capacity --by sequence_length
"""


def run(words: list[str]) -> int:
    """Solve for the named field and print the solution; returns the exit status."""
    arguments = grammar().parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    of, target = _question(arguments.question)
    spec = known_field(arguments.by.strip(), "--by")
    low, high = _range(spec, arguments.between)
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    try:
        found = solve(scenario, of, target, spec.name, low, high)
    except SolveError as error:
        say(str(error))
        return _NO_SOLUTION
    except ScenarioError as error:
        raise ScenarioError(error.where or "RESULT", error.found, error.allowed) from None
    say_without_effect(
        arguments.scenario, scenario, arguments.settings, [of, *_names_in(target), spec.name]
    )
    if arguments.format == "json":
        write_out(to_json(_as_json(found)))
    else:
        write_out(in_lines(_account(scenario, found, target)))
    return 0


def grammar() -> Parser:
    parser = Parser(
        "solve",
        usage=_USAGE,
        summary="Find the field value at which a result meets a target.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    parser.add_argument("question", metavar="RESULT=TARGET", help="a result's name and its target")
    parser.add_argument(
        "--by", metavar="FIELD", words=fields, required=True, help="the field to change"
    )
    parser.add_argument(
        "--between",
        metavar=("LOW", "HIGH"),
        nargs=2,
        help="search only this range, with units as in a file",
    )
    add_settings(parser)
    parser.add_argument(
        "--format", metavar="FORMAT", default=_FORMATS[0], help=f"{' or '.join(_FORMATS)}"
    )
    return parser


def _question(text: str) -> tuple[str, str]:
    of, equals, target = (part.strip() for part in text.partition("="))
    if of.endswith(("<", ">")):
        of, target = of[:-1].rstrip(), target and f"{of[-1]}={target}"
    if not (of and equals and target):
        raise ScenarioError(
            "RESULT=TARGET", shown(text), "a name and an amount, such as pretraining_days='30 d'"
        )
    return of, target


def _names_in(target: str) -> list[str]:
    """The target, if it is a name."""
    _, words = side_and_target(target)
    return [words] if is_name(words) else []


def _range(spec: FieldSpec, between: list[str] | None) -> tuple[float | None, float | None]:
    if between is None or not spec.is_numeric:
        return None, None
    low, high = (spec.read(end) for end in between)
    if low is None or high is None:
        raise ScenarioError("--between", "unknown", "two numbers allowed for the field")
    assert not isinstance(low, str) and not isinstance(high, str)
    return low, high


def _account(scenario: Scenario, found: Solution, target: str) -> list[str]:
    """The solution beside the present state, and its side effects."""
    now, then = Standing(scenario), found.at(found.value)
    # A target given by name has a line of its own: it may move too.
    _, target = side_and_target(target)
    names = [found.result, target] if target in now.values else [found.result]
    rows = [
        ["", "now", "solved"],
        [found.field, *(_setting(found, value) for value in (found.present, found.value))],
        *([name, *(_shown(name, each) for each in (now, then))] for name in names),
    ]
    said = []
    if found.previous is not None:
        reached = found.said_of(found.previous)
        said.append(f"Below it, {_setting(found, found.previous.value)} comes to {reached}.")
    if found.next is not None:
        reached = found.said_of(found.next)
        said.append(f"Above it, {_setting(found, found.next.value)} comes to {reached}.")
    if found.others:
        others = ", ".join(_setting(found, value) for value in found.others)
        said.append(f"Other solutions, further from the present value: {others}.")
    exact = format_exact(found.value, FIELDS[found.field].unit)
    said.append(f"--set '{found.field}={exact}' applies it.")
    before = warnings_in(now.values)
    met = [warning for warning in warnings_in(then.values) if warning not in before]
    said += dict.fromkeys([*warnings_in(then.values, names), *met, *then.assumptions(names)])
    columns = terminal_columns()
    return [*aligned(rows, (1, 2)), "", *(line for each in said for line in folded(each, columns))]


def _setting(found: Solution, value: float | None) -> str:
    """A value of the field; whole numbers stay whole."""
    spec = FIELDS[found.field]
    if spec.kind == "integer" and value is not None:
        return f"{value:,.0f}"
    return format_value(value, spec.unit)


def _shown(name: str, standing: Standing) -> str:
    """A field or result for reading, its interval behind it; marked where it cannot be had."""
    value = standing.values[name]
    text = standing.marked(name, format_value(value, unit_of(name)))
    return with_half_width(text, value, standing.ends(name))


def _as_json(found: Solution) -> dict[str, object]:
    """The solution in base units."""
    there = found.at(found.value)
    return {
        "field": found.field,
        "value": found.value,
        "unit": FIELDS[found.field].unit,
        "present": found.present,
        "others": found.others,
        "result": found.result,
        "reached": found.reached,
        "target": found.target,
        "result_unit": QUANTITIES[found.result].unit,
        "problems": found.problems,
        "at_least_without": there.at_least.get(found.result, []),
        "assumptions": there.assumptions([found.result]),
        "previous": found.previous
        and {"value": found.previous.value, "reached": found.previous.result},
        "next": found.next and {"value": found.next.value, "reached": found.next.result},
    }
