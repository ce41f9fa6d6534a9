"""Files that `import` reads: headers of weights, other makers' configurations, launches of runs."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from dsexplore.library.model_files import imported_model
from tests.fuzz.reading import Kind, check_scenario, command
from tests.library.model_files import test_imported as models
from tests.library.run_files import test_imported as runs

_GGUF = {
    "general.architecture": "llama",
    "llama.block_count": 2,
    "llama.embedding_length": 64,
    "llama.feed_forward_length": 96,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
}
_TENSORS = {"token_embd.weight": [64, 500], "blk.0.attn_q.weight": [64, 64], "output_norm": [64]}


def import_kinds() -> list[Kind]:
    """Every kind of file that `import` reads beside config.json."""
    gguf = _written(lambda path: models.gguf(path, _GGUF, _TENSORS))
    header = _written(lambda path: models.header(path, models.qwen_tensors()))
    params = [json.dumps(values).encode() for values, _ in models.PARAMS]
    yaml = [text.encode() for text in (runs.NEMO, runs.BRIDGE, runs.ACCELERATE)]
    return [
        Kind("GGUF", "tiny.gguf", [gguf], _model),
        Kind("safetensors", "model.safetensors", [header], _model),
        Kind("params.json", "params.json", params, _model),
        Kind("launch script", "launch.sh", [runs.SCRIPT.encode(), runs.ND.encode()], _run),
        Kind("log", "run.log", [runs.LOG.encode()], _run),
        Kind("YAML of a run", "run.yaml", yaml, _run),
        Kind("torchtitan", "titan.toml", [runs.TITAN.encode()], _run),
        Kind("DeepSpeed", "ds_config.json", [json.dumps(runs.DEEPSPEED).encode()], _run),
    ]


def _written(write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write(path)
        return path.read_bytes()


def _model(path: Path, chance: random.Random) -> None:
    check_scenario(imported_model(str(path)).scenario)
    if chance.random() < 0.2:
        command("import", str(path))


def _run(path: Path, chance: random.Random) -> None:
    command("import", str(path))
