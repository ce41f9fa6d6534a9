"""Writes docs/accuracy.md from the published runs and what the model predicts of them.

It also counts the runs in presets/evidence.toml, for what predictions rest on.

Run as `python docs/accuracy_page.py`; with `--check` it only says whether the file is up to date,
with `--fit` it first predicts each run by a fit without its whole source, which takes minutes, and
with `--fit-engines` those of serving and RL alone, which takes a minute.
"""

from __future__ import annotations

import math
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dsexplore.analysis.accuracy.accuracy import (
    Accuracy,
    Comparison,
    accuracy,
    errors_of,
    grouped_errors,
)
from dsexplore.analysis.accuracy.calibrated import calibrated_errors
from dsexplore.analysis.accuracy.evidence import as_file as as_evidence
from dsexplore.analysis.accuracy.evidence import counted, evidence_file
from dsexplore.analysis.accuracy.fit import (
    engine_factors,
    errors,
    fits_without_sources,
    left_out_by_source,
    shipped_factors,
)
from dsexplore.analysis.accuracy.fit import fit as fitted_to
from dsexplore.analysis.accuracy.gains import gains
from dsexplore.analysis.accuracy.left_out import (
    FoundErrors,
    as_calibrated,
    as_file,
    as_left_out,
    errors_file,
    found_errors,
)
from dsexplore.analysis.accuracy.measured import SUBJECTS
from dsexplore.analysis.accuracy.measured_cases import measured_cases
from dsexplore.analysis.accuracy.runs import UNSEEN, Run, shipped_runs, unseen_runs
from dsexplore.cli.input.run_files import fittable
from dsexplore.cli.output.accuracy_tables import NAMES, error_cells
from dsexplore.library.described import title_and_description
from dsexplore.library.names import shipped_presets
from dsexplore.library.presets import with_panel
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.columns import percent
from dsexplore.text.format import format_value
from dsexplore.text.markdown import escaped, in_markdown

PAGE = Path(__file__).parent / "accuracy.md"
_HEADINGS = {
    "kind": "Dense models and mixtures of experts",
    "source": "By source",
    "gpu": "By accelerator",
    "recipe": "By precision and recipe",
    "stack": "By software stack",
}

# Versions of an engine whose factor is so near that of all are not listed.
_ALIKE = 0.05
_OTHERS = {"serving": "Serving", "rl": "Reinforcement learning"}

_ENGINES = """\
A few factors of the engines, one value for all, were chosen with these runs in sight: *fitted* is
the error as shipped. Each source was then left out whole and the same factors fitted to all others:
*left out* is the error to expect elsewhere. Factors that runs assume are no exception."""

_WHAT_IT_IS = """\
A step is predicted from the architecture, the accelerator and the layout alone. Its time is a sum
of parts, each a formula of the [reference](reference/quantities/step.md). What describes an
accelerator or its links comes from data sheets and from kernels measured alone; what describes
software, few factors for each stack, is fitted to the runs below, all at once, weighted by source,
inside bounds that measurements support and drawn to typical values where the runs say little;
nothing is fitted to one run. The error *fitted* is what remains. The error *left out* is that of a
run by a fit which knew none of its source's runs: the one to expect of a cluster and a team that
are not among them. An error is of the time of a step as a share of what was measured, above zero
where the prediction is too slow, whatever the source printed. *Within* is the share of runs whose
measurement lies in the interval that each prediction carries, made to hold 80 % of them."""

_PRODUCTS = """\
Each matrix product of a layer has its own m rows, n columns and inner size k, and so have the
gradients of its input and of its weights. It takes `f + ((2mnk / R + c k)^4 + (bytes /
B)^4)^(1/4)` seconds: R is a share of the peak of its precision, c the time to fill and drain
tiles, B a share of the memory bandwidth and f the shortest kernel. Products of experts move and
multiply as many such sides as there are experts, with a kernel for each. The numbers come from
about 3,700 products of 64 to 16,384 rows on seven accelerators: median error 4 to 9 % in BF16, 3
to 5 % in FP8, 9 % in NVFP4, 90th percentile 10 to 22 % and 25 % in NVFP4; with each pair of
widths left out in turn, at most 3 % more. An accelerator's numbers meet its sister's products as
well: those of the H100 the H200's, of the B200 the GB200's. Layers of experts, in no fit, are met
within 6 to 11 % in BF16 and 9 to 25 % in FP8, both medians, beside one constant for sorting and
launching. From measured shares 8 % is taken, as long runs on random numbers lose by their power.
Attention reaches its share at A / (A + a) of its rate, of A tokens looked back on: median error 2
to 5 % forward and 2 to 11 % backward with heads of 128 to 256; with heads of 64 behind a window
it is 25 % too fast on an H200 and twice too fast behind one of 128 tokens."""

_SHARES = {
    "gemm_efficiency": ("BF16", "bf16_flops"),
    "fp8_gemm_efficiency": ("FP8 per tensor", "fp8_flops"),
    "block_128_gemm_efficiency": ("FP8 block of 128", "fp8_flops"),
    "mxfp8_gemm_efficiency": ("MXFP8", "fp8_flops"),
    "nvfp4_gemm_efficiency": ("NVFP4", "fp4_flops"),
    "attention_efficiency": ("attention", "bf16_flops"),
    "attention_backward_efficiency": ("attention backward", "bf16_flops"),
}

_UNSEEN = """\
`dsexplore accuracy --unseen` prints the same, with `--kind serving` of serving. They lie in
`presets/unseen`, were measured when all formulas and factors of time stood, and are not counted
above. The spread of memory is set by them, and that plain PyTorch releases gradients was seen in
them."""

_WHERE_NOT = """\
Do not trust it beyond what it rests on: `dsexplore explain SCENARIO step_time` counts the measured
runs of an accelerator, a stack and a precision; {thin} A stack without a run is predicted as the
neutral one, and versions of one stack differ by as much as two stacks do: measure one step and use
`dsexplore calibrate SCENARIO --step-time SECONDS`. Layouts that are assumed, not published, are
listed with each run, and a wrong guess there is hidden in the factors. How unevenly experts are
loaded is rarely printed: most mixtures of experts below were balanced by force. Shared or faulty
networks, data loading, checkpoints and restarts are not in the time of a step. A source left out is
left out of the values alone: formulas, and what is stated of stacks and runs, were chosen with all
of them in sight, and spreads were set by the errors left out. So it is with serving and
RL.{guessed}"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    runs = shipped_runs()
    result = accuracy(runs)
    left_out = as_left_out(runs, result.runs)
    yield "# Accuracy"
    yield ""
    yield "Generated by `python docs/accuracy_page.py`; edit the presets, not this file."
    yield "`dsexplore accuracy --left-out` prints the same, of these runs or of a file of your own."
    for by, heading in _HEADINGS.items():
        yield f"\n## {heading}\n"
        yield from _by(by, result.runs, left_out)
    yield "\n## After one measured run\n"
    yield "Each source left out of the fit, but for the first run of each stack and accelerator, by"
    yield "which `dsexplore calibrate` sets the stack: errors of its other runs.\n"
    yield from _after_one(as_calibrated(result.runs))
    yield from _unseen()
    yield "\n## What a lower precision gains\n"
    yield "One layout in BF16 and in FP8: time of a step in BF16 over time in FP8.\n"
    yield from _gains(runs, result)
    yield "\n## Parts of a step\n"
    yield "Times that sources print of the parts of a step. Nothing is set to meet them.\n"
    yield from _figures(result.parts)
    if result.memory:
        yield "\n## Memory\n"
        yield from _figures(result.memory)
    for subject, heading in _OTHERS.items():
        yield from _other(subject, heading)
    yield "\n## What it is\n"
    yield _WHAT_IT_IS
    yield "\n## How products are timed\n"
    yield _PRODUCTS
    yield ""
    yield from _shares()
    yield "\n## Where it is not to be trusted\n"
    where_not = _WHERE_NOT.format(thin=_thin(runs), guessed=_guessed(result.runs))
    yield textwrap.fill(where_not, 100, break_long_words=False, break_on_hyphens=False)
    yield "\n## Every run\n"
    yield "Each is compared under its source's own way of counting. All that a run states is in its"
    yield "source's file in `presets/runs`."
    by_name = {run.name: run for run in runs}
    others = {found.name: found for found in left_out}
    for preset in shipped_presets("runs"):
        found = [each for each in result.runs if each.file == preset.name]
        if not found:
            continue
        title, description = title_and_description(preset)
        yield f"\n### {title}\n"
        yield f"`{preset.name}`. {escaped(' '.join(description.split()))}\n"
        yield from _every(found, by_name, others)
    if result.warnings:
        yield ""
        yield from (f"- {warning}" for warning in result.warnings)


def _unseen() -> Iterator[str]:
    """A section about the runs kept from every fit."""
    yield "\n## Runs that no fit has read\n"
    yield _UNSEEN
    for subject in SUBJECTS:
        runs = unseen_runs(subject)
        if not runs:
            continue
        found = accuracy(runs)
        for preset in shipped_presets(UNSEEN):
            own = [each for each in found.runs if each.file == preset.name]
            if own:
                title, description = title_and_description(preset)
                yield f"\n### {title}\n"
                yield f"`{preset.name}`. {escaped(' '.join(description.split()))}\n"
                sums = {**grouped_errors(own, "kind"), "all": errors_of(own)}
                if found.memory:
                    sums["memory"] = errors_of(found.memory)
                rows = [[name, *error_cells(each)] for name, each in sums.items()]
                yield from in_markdown([["kind", *NAMES], *rows], range(1, 7))
                yield ""
                yield from _figures([*own, *found.memory])


def _other(subject: str, heading: str) -> Iterator[str]:
    """A section about what was measured beside training; none where nothing was."""
    runs = shipped_runs(subject)
    if not runs:
        return
    found = accuracy(runs)
    yield f"\n## {heading}\n"
    left_out = as_left_out(runs, found.runs)
    yield f"`dsexplore accuracy --kind {subject} --left-out` prints the same. {_ENGINES}\n"
    for by in ("kind", "source"):
        yield from _by(by, found.runs, left_out)
        yield ""
    yield from _factors(subject, runs)
    by_name = {each.name: each for each in left_out}
    for preset in shipped_presets("runs"):
        own = [each for each in found.runs if each.file == preset.name]
        if own:
            title, description = title_and_description(preset)
            yield f"\n### {title}\n"
            yield f"`{preset.name}`. {escaped(' '.join(description.split()))}\n"
            yield from _beside(own, {run.name: run for run in runs}, by_name)
    if found.parts:
        yield "\nParts that sources print:\n"
        yield from _figures(found.parts)


def _factors(subject: str, runs: Sequence[Run]) -> list[str]:
    """The factors of an engine: as shipped, and as a fit to all runs finds them."""
    found, shipped = fitted_to(runs, engine_factors(subject)), Scenario()
    rows = []
    for node, value in found.values.items():
        if node.path and math.isclose(value, found.value(node.factor, ()), rel_tol=_ALIKE):
            continue
        unit = FIELDS[node.factor.field].unit
        bounds = [format_value(end, unit) for end in (node.factor.lowest, node.factor.highest)]
        own = format_value(shipped.value(node.factor.field), unit)
        rows.append(
            [
                node.factor.field,
                *(node.path or ("all",)),
                " to ".join(bounds),
                format_value(node.typical, unit),
                own if not node.path else "",
                format_value(value, unit),
            ]
        )
    head = ["factor", "of", "bounds", "typical", "shipped", "fitted to all"]
    return in_markdown([head, *rows], range(2, 6))


def _beside(
    found: Sequence[Comparison], runs: Mapping[str, Run], left_out: Mapping[str, Comparison]
) -> list[str]:
    head = ["run", "accelerators", "compared", "measured", "predicted", "80 %", "error"]
    head += ["left out", "assumed", "source"]
    rows = [
        [
            each.name,
            f"{runs[each.name].scenario.hardware.num_gpus:,} {each.gpu}",
            each.quantity,
            format_value(each.measured, each.unit),
            format_value(each.predicted, each.unit),
            _interval(each),
            percent(each.error),
            percent(left_out[each.name].error),
            ", ".join(each.assumed),
            runs[each.name].source,
        ]
        for each in found
    ]
    return in_markdown([head, *rows], range(3, 8))


def _share(scenario: Scenario, name: str, peak: str) -> str:
    """A share of a peak; nothing where there is no such peak or share."""
    share, of = scenario.value(name), scenario.value(peak)
    return f"{share:g}" if isinstance(share, float) and share and of else ""


def _shares() -> list[str]:
    """The shares of the peak of each accelerator whose products are measured or assumed."""
    rows = []
    for preset in shipped_presets("hardware"):
        stated = with_panel(Scenario(), "hardware", preset.name)
        cells = [_share(stated, name, peak) for name, (_, peak) in _SHARES.items()]
        is_assumed = stated.notes.get("gemm_efficiency", "").startswith("Assumed")
        rows.append([preset.name, *cells, "assumed" if is_assumed else "measured"])
    head = ["share of the peak", *(label for label, _ in _SHARES.values()), "products"]
    return in_markdown([head, *rows], range(1, len(head) - 1))


def _by(by: str, runs: Sequence[Comparison], left_out: Sequence[Comparison]) -> list[str]:
    fitted, others = grouped_errors(runs, by), grouped_errors(left_out, by)
    groups = {name: (fitted[name], others[name]) for name in fitted}
    if by == "kind":
        groups["all"] = (errors_of(runs), errors_of(left_out))
    head = [by, "runs", *(f"fitted: {name}" for name in NAMES[1:4]), "signed mean"]
    head += [f"left out: {name}" for name in (*NAMES[1:4], NAMES[5])]
    rows = []
    for name, (inside, outside) in groups.items():
        _, mean, median, worst, bias, _ = error_cells(inside)
        _, *sizes, _, within = error_cells(outside)
        rows.append([name, str(inside.runs), mean, median, worst, bias, *sizes, within])
    return in_markdown([head, *rows], range(1, len(head)))


def _after_one(found: Sequence[Comparison]) -> list[str]:
    groups = {**grouped_errors(found, "kind"), "all": errors_of(found)}
    rows = [[name, *error_cells(errors)[:5]] for name, errors in groups.items()]
    return in_markdown([["kind", *NAMES[:5]], *rows], range(1, 6))


def _gains(runs: Sequence[Run], result: Accuracy) -> list[str]:
    head = ["run", "measured", "predicted", "error"]
    rows = [
        [pair.name, f"{pair.measured:.2f}", f"{pair.predicted:.2f}", percent(pair.error)]
        for pair in gains(runs, result.runs)
    ]
    return in_markdown([head, *rows], (1, 2, 3))


def _figures(found: Sequence[Comparison]) -> list[str]:
    head = ["run", "figure", "measured", "predicted", "error"]
    rows = [
        [
            each.name,
            each.quantity,
            format_value(each.measured, each.unit),
            format_value(each.predicted, each.unit),
            percent(each.error),
        ]
        for each in found
    ]
    return in_markdown([head, *rows], (2, 3, 4))


def _every(
    found: Sequence[Comparison], runs: Mapping[str, Run], left_out: Mapping[str, Comparison]
) -> list[str]:
    head = ["run", "stack", "accelerators", "compared", "measured", "predicted", "80 %"]
    head += ["fitted", "left out", "assumed", "source"]
    rows = [
        [
            each.name,
            runs[each.name].software or each.stack,
            f"{runs[each.name].scenario.hardware.num_gpus:,} {each.gpu}",
            each.quantity,
            format_value(each.measured, each.unit),
            format_value(each.predicted, each.unit),
            _interval(each),
            percent(each.error),
            percent(left_out[each.name].error),
            ", ".join(each.assumed),
            runs[each.name].source,
        ]
        for each in found
    ]
    return in_markdown([head, *rows], range(4, 9))


def _interval(found: Comparison) -> str:
    if found.is_covered is None:
        return "–"
    return f"{format_value(found.low, found.unit)} to {format_value(found.high, found.unit)}"


def _thin(runs: Sequence[Run]) -> str:
    """The accelerators of few runs, in a sentence."""
    used = [run.gpu for run in runs]
    few = [f"`{gpu}` ({used.count(gpu)})" for gpu in sorted({*used}) if used.count(gpu) < 5]
    return f"there are fewer than five of {', '.join(few)}, and none of any accelerator not below."


def _guessed(found: Sequence[Comparison]) -> str:
    """What is predicted of runs whose cluster nobody published."""
    return "".join(
        f" Of `{one.name}` the number of accelerators is a guess: its error of "
        f"{percent(one.error)} is shown below and not counted."
        for one in found
        if "num_gpus" in one.assumed
    )


def fit() -> None:
    """Predict each run by a fit without its source, and after one run of it; keep the errors."""
    runs = fittable(shipped_runs())
    left_out: dict[str, float] = {}
    calibrated: dict[str, float] = {}
    for out, without in fits_without_sources(runs):
        print(f"without {out[0].file}", flush=True)
        left_out.update(errors(out, shipped_factors(), without))
        calibrated.update(calibrated_errors(out, without))
    fitted = {found.name: found.error for found in accuracy(runs).runs}
    _keep(fitted, left_out, calibrated)


def fit_engines() -> None:
    """Predict each run of serving and RL by a fit without its source; keep those of training."""
    found, training = found_errors(), {run.name for run in shipped_runs()}
    fitted, left_out = (
        {name: error for name, error in errors.items() if name in training}
        for errors in (found.fitted, found.left_out)
    )
    _keep(fitted, left_out, found.calibrated)


def _keep(
    fitted: dict[str, float], left_out: dict[str, float], calibrated: Mapping[str, float]
) -> None:
    """Write the errors of training, and of serving and RL with each source left out."""
    for subject in _OTHERS:
        runs = shipped_runs(subject)
        fitted.update({found.name: found.error for found in accuracy(runs).runs})
        left_out.update(left_out_by_source(runs, factors=engine_factors(subject)))
    text = as_file(FoundErrors(fitted, left_out, calibrated))
    errors_file().write_text(text, encoding="utf-8")
    found_errors.cache_clear()


def main() -> None:
    """Write the page, or say that it is old."""
    if "--fit" in sys.argv:
        fit()
    elif "--fit-engines" in sys.argv:
        fit_engines()
    every = [run for subject in SUBJECTS for run in shipped_runs(subject)]
    text, known = page(), as_evidence(counted(shipped_runs()), measured_cases(every))
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        evidence_file().write_text(known, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != text:
        sys.exit("docs/accuracy.md is old: run python docs/accuracy_page.py")


if __name__ == "__main__":
    main()
