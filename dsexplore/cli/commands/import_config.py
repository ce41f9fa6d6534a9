"""`dsexplore import`: a published model's files as a scenario file."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.candidates import files, scenarios
from dsexplore.cli.output.stdout import write_out
from dsexplore.files.writing import check_new, write_atomically
from dsexplore.library.config_json import FAMILIES
from dsexplore.library.model_files import imported_model
from dsexplore.library.run_files import imported_run, is_run
from dsexplore.library.saving import architecture_to_toml
from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError, nearest, shown

_USAGE = """dsexplore import MODEL [--as TYPE] [-o FILE] [--force]
       dsexplore import RUN [--model MODEL] [-o FILE] [--force]"""

_EPILOG = f"""\
families, by model_type:
{textwrap.fill(", ".join(FAMILIES), 98, initial_indent="  ", subsequent_indent="  ")}

examples:
  dsexplore import Llama-3.1-8B/config.json -o llama-3.1-8b.toml
  dsexplore eval llama-3.1-8b.toml --only total_parameters,active_parameters

  A config.json also opens as a scenario by itself:
    dsexplore eval Llama-3.1-8B/config.json

  A folder with safetensors files is read by their headers: they check the counts of a known type,
  and count the parameters of any other. Weights themselves are not read.
    dsexplore import ~/.cache/huggingface/hub/models--Qwen--Qwen3-8B
    ssh host cat model/config.json | dsexplore import -

  What a run is started with becomes its panels; nothing is run, and the rest is listed:
    dsexplore import pretrain.sh --model Llama-3.1-8B -o our-run.toml
"""


def run(words: list[str]) -> int:
    """Print or write the architecture of the named model; returns the exit status."""
    arguments = grammar().parse_args(words)
    if arguments.counted_as and arguments.counted_as not in FAMILIES:
        found = f"unknown type {shown(arguments.counted_as)}"
        raise ScenarioError("--as", found, nearest(arguments.counted_as, list(FAMILIES)))
    if arguments.output is None:
        write_out(_imported(arguments))
        return 0
    # Checked early, to name the way out; writing checks again.
    check_new(Path(arguments.output), force=arguments.force)
    text = _imported(arguments)
    write_atomically(Path(arguments.output), text, overwrite=arguments.force)
    say(f"wrote {arguments.output}")
    return 0


def _imported(arguments: argparse.Namespace) -> Printable:
    """The named model as a file's text; what its files say beside it is said beside it."""
    if arguments.of_model or is_run(arguments.file):
        run = imported_run(arguments.file, arguments.of_model)
        for sentence in run.said:
            say(sentence)
        return run.to_toml()
    found = imported_model(arguments.file, arguments.counted_as)
    for sentence in found.said:
        say(sentence)
    return architecture_to_toml(found.scenario, serving=found.serving)


def grammar() -> Parser:
    parser = Parser(
        "import",
        usage=_USAGE,
        summary="Turn a model's files into an architecture, or a run's into panels.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "file",
        metavar="MODEL",
        words=files,
        help="a config.json, params.json or GGUF file, a folder or cached repository, or - for "
        "standard input; or a RUN: a launch script or log of Megatron-LM, YAML of "
        "Megatron-Bridge, NeMo or accelerate, TOML of torchtitan, JSON of DeepSpeed",
    )
    parser.add_argument(
        "--as",
        dest="counted_as",
        default="",
        metavar="TYPE",
        help="count a type that is not listed as one that is, and say what was not read",
    )
    parser.add_argument(
        "--model",
        dest="of_model",
        default="",
        metavar="MODEL",
        words=scenarios,
        help="the model of a RUN",
    )
    parser.add_argument("-o", "--output", metavar="FILE", words=files, help="write to a new file")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    return parser
