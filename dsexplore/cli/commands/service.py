"""`dsexplore service`: what a service promises as its load rises, and the load that it can take."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from dsexplore.analysis.service.drawn import TITLES, drawn
from dsexplore.analysis.service.service import Limits, Point, Service, ServiceError, requests
from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.asked import add_scenario
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.output.beside import beside
from dsexplore.cli.output.stdout import terminal_columns
from dsexplore.export.endings import DATA, PICTURE
from dsexplore.export.pictures import found as pictures
from dsexplore.library.open import load
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.columns import aligned, folded
from dsexplore.text.csv_text import to_csv
from dsexplore.text.format import NOT_KNOWN, format_value
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, shown

_NOT_KEPT = 1
_FORMATS = ("table", "json", "csv")
_ENDINGS = {**DATA, **PICTURE}
_TTFT, _TIME_PER_TOKEN = "ttft_limit", "time_per_token_limit"
# What is promised; a setting is to have an effect on that, or on its rent.
_ASKED = ("loaded_ttft", "loaded_time_per_output_token", "service_load", "promise_problem")
_SHOWN = (*_ASKED, "service_cost_per_million_output_tokens")
# Shares of the capacity that a table shows.
_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_MOST_COLUMNS = 100
_ROWS = 10
_UNITS = {
    "load": "sequence/s",
    "batch": "sequence",
    "ttft": "second",
    "time_per_token": "second",
    "cost": "USD/Mtoken",
}
_HEAD = ("", "load", "batch", "first token", "per token", "rent of output")
_USAGE = f"""dsexplore service SCENARIO [--ttft TIME] [--time-per-token TIME] [--load RATE]
                         [--set NAME=VALUE]... [--format {"|".join(_FORMATS)}] [-o FILE]"""
_EPILOG = """\
Load is in requests per second, of all GPUs held for serving, or of one where no day is stated.
Times are means: to the first token with all waiting, and between tokens with the prompts that are
read between them. Cost is the rent per million generated tokens, the reading of prompts included.
Requests come at random and are spread over engines at random. Limits not given are those of the
scenario (ttft_limit, time_per_token_limit). The exit status is 1 where a limit is not kept even
without load, or the load asked for is beyond capacity. The ending of FILE chooses the format:
.txt, .json, .csv, or .svg, which draws both times as the load rises.

examples:
  How does DeepSeek's service slow down as its load rises?
    dsexplore service deepseek-serving

  How many requests can it take with a first token in a second and 30 tokens per second?
    dsexplore service deepseek-serving --ttft 1s --time-per-token 33ms

  The same with prompts read in chunks, on one engine of eight H100:
    dsexplore service llama-3.1-405b --ttft 2s --time-per-token 50ms \\
        --set serving_tensor_parallel=8 --set serving_precision=fp8 \\
        --set serving_prompt_length=2000 --set kv_length=2500 --set prefill_chunk=1024
"""


def run(words: list[str]) -> int:
    """Print a service as its load rises, and what it can take; returns the exit status."""
    arguments = grammar().parse_args(words)
    arguments.format = chosen_format(arguments, _FORMATS, _ENDINGS)
    given = {
        _TTFT: _read("--ttft", _TTFT, arguments.ttft),
        _TIME_PER_TOKEN: _read("--time-per-token", _TIME_PER_TOKEN, arguments.time_per_token),
    }
    asked = None if arguments.load is None else _rate(arguments.load)
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    say_without_effect(arguments.scenario, scenario, arguments.settings, _SHOWN)
    inputs = scenario.inputs()
    limits = Limits(*(inputs[name] if stated is None else stated for name, stated in given.items()))
    try:
        service = Service(inputs)
    except ServiceError as error:
        say(str(error))
        return _NOT_KEPT
    answers, refusals = _answers(service, limits, asked)
    _add_day(service, answers)
    if arguments.format == "svg":
        text = pictures.of_service(service, scenario, limits)
    else:
        text = _text(service, scenario, answers, arguments.format, arguments.output)
    put(arguments, text)
    for refusal in refusals:
        say(refusal)
    return _NOT_KEPT if refusals else 0


def grammar() -> Parser:
    parser = Parser(
        "service",
        usage=_USAGE,
        summary="Show what a service promises as its load rises, and the load that it can take.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    parser.add_argument(
        "--ttft", metavar="TIME", help="longest mean time to the first token, such as 2s"
    )
    parser.add_argument(
        "--time-per-token", metavar="TIME", help="longest mean time between tokens, such as 50ms"
    )
    parser.add_argument(
        "--load", metavar="RATE", help="a load in requests per second to show as well"
    )
    add_settings(parser)
    add_output(parser, _FORMATS)
    return parser


def _read(option: str, field: str, words: str | None) -> float | None:
    """A limit as its field reads it; None where none is given."""
    if words is None:
        return None
    try:
        value = FIELDS[field].read(words)
    except ScenarioError as error:
        raise ScenarioError(option, error.found, error.allowed) from None
    if not isinstance(value, int | float) or not FIELDS[field].contains(float(value)):
        raise ScenarioError(option, shown(words), FIELDS[field].allowed())
    return float(value)


def _rate(words: str) -> float:
    allowed = "requests per second above 0, such as 12 or 1.5k"
    try:
        rate = float(parse_quantity(words, "sequence/s"))
    except UnitError:
        raise ScenarioError("--load", shown(words), allowed) from None
    if not 0 < rate < math.inf:
        raise ScenarioError("--load", shown(words), allowed)
    return rate


def _answers(
    service: Service, limits: Limits, asked: float | None
) -> tuple[dict[str, Point], list[str]]:
    """The points asked for by what they are, and a sentence on each that cannot be."""
    questions: dict[str, Callable[[], Point]] = {}
    if limits.ttft or limits.time_per_token:
        questions["within limits"] = lambda: service.largest(limits)
    if asked is not None:
        questions["as asked"] = lambda: service.at_load(asked)
    found, refusals = {}, []
    for name, answer in questions.items():
        try:
            found[name] = answer()
        except ServiceError as error:
            refusals.append(f"{name}: {error}")
    return found, refusals


def _add_day(service: Service, answers: dict[str, Point]) -> None:
    """The stated day's mean load among the points, where there is one within capacity."""
    if service.mean_load <= service.most.load:
        answers["the day's mean"] = service.at_load(service.mean_load)


def _text(
    service: Service,
    scenario: Scenario,
    answers: dict[str, Point],
    chosen: str,
    output: str | None,
) -> Printable:
    rows = _named_rows(service, answers)
    if chosen == "json":
        return to_json(_as_json(service, scenario, rows))
    if chosen == "csv":
        return to_csv([("point", *_UNITS), *((name, *_numbers(point)) for name, point in rows)])
    notes = beside(scenario, _ASKED, ["decode_batch"])
    return in_lines(_table(service, rows, notes, terminal_columns() if output is None else None))


def _named_rows(service: Service, answers: dict[str, Point]) -> list[tuple[str, Point]]:
    rows = [
        (f"{share:.0%}".replace("%", " %"), service.at_load(share * service.most.load))
        for share in _SHARES
    ]
    return [*rows, *answers.items()]


def _numbers(point: Point) -> Iterator[float | None]:
    for name in _UNITS:
        value = getattr(point, name)
        yield None if math.isnan(value) else value


def _as_json(
    service: Service, scenario: Scenario, rows: list[tuple[str, Point]]
) -> dict[str, object]:
    return {
        "scenario": {"title": scenario.title},
        "units": _UNITS,
        "gpus": service.gpus,
        "prompt_tokens": service.prompt,
        "answer_tokens": service.answer,
        "capacity": service.most.load,
        "points": [
            {"point": name, **dict(zip(_UNITS, _numbers(point), strict=True))}
            for name, point in rows
        ],
    }


def _table(
    service: Service, rows: list[tuple[str, Point]], notes: list[str], columns: int | None
) -> list[str]:
    lines = [*_plots(service, columns)] if columns is not None else []
    cells = [
        [name, *(_cell(field, getattr(point, field)) for field in _UNITS)] for name, point in rows
    ]
    lines += aligned([_HEAD, *cells], range(1, len(_HEAD)))
    said = [line for each in (_premises(service), *notes) for line in folded(each, columns)]
    return [*lines, "", *said]


def _plots(service: Service, columns: int) -> Iterator[str]:
    for name, title in TITLES.items():
        yield f"{title} by requests per second"
        yield from drawn(service, name, min(columns, _MOST_COLUMNS), _ROWS)
        yield ""


def _cell(field: str, value: float) -> str:
    if field == "load":
        return requests(value)
    return NOT_KNOWN if math.isnan(value) else format_value(value, _UNITS[field], 3)


def _premises(service: Service) -> str:
    prompt, answer = (format_value(each, "token") for each in (service.prompt, service.answer))
    day = ""
    if service.mean_load > service.most.load:
        day = f" The day's mean is above it: {requests(service.mean_load)}."
    return (
        f"Capacity: {requests(service.most.load)} {service.where}, with prompts of {prompt} "
        f"and answers of {answer} tokens. Shares are of it; there queues grow without end.{day}"
    )
