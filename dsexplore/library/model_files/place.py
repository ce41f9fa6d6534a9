"""Where a model lies: a file, a folder, a cache of Hugging Face's, or standard input."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from dsexplore.files.locations import typed_path
from dsexplore.files.reading import read_bytes, trouble
from dsexplore.library.config_json.json_file import LARGEST
from dsexplore.library.model_files.shards import is_part, not_here
from dsexplore.text.refusal import ScenarioError, shown_path

STANDARD_INPUT = "-"
CONFIG = "config.json"
PARAMS = "params.json"
_QUANTIZATION = "hf_quant_config.json"
WANTED = "a model's config.json, its folder, its weights' headers or a GGUF file"
_DOWNLOADED = (
    "a file here, as nothing is fetched: download the model's config.json, or name its folder in "
    "~/.cache/huggingface/hub"
)
# Files of other folders, what these are, and what to give in their place.
_OTHER_FOLDERS = (
    ("model_index.json", "a diffusion model's folder", "a causal language model's"),
    ("adapter_config.json", "an adapter's folder", "its base model's folder or config.json"),
    ("pytorch_model.bin", "weights of PyTorch alone", "a config.json beside them, or safetensors"),
    ("tokenizer.json", "a tokenizer's folder", "one with a config.json too, or with the weights"),
)
_LONGEST_NAME = 100
_REPOSITORY = "models--"
_MOST_LISTED = 10_000
_GGUF, _SAFETENSORS = "GGUF", "safetensors"


@dataclass(frozen=True)
class Place:
    """A model's files: its configuration's bytes, its weights' files, and what it is called."""

    name: str
    shown: str
    config: bytes = b""
    config_file: str = ""
    weights: tuple[Path, ...] = ()
    gguf: Path | None = None
    # What of the weights is missing, as a clause.
    absent: str = ""
    # What NVIDIA's tools write of a model's quantisation beside its configuration.
    quantization: bytes = b""


@dataclass
class _Listing:
    """The files of a folder that matter."""

    weights: list[Path] = field(default_factory=list)
    ggufs: list[Path] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def placed(word: str) -> Place:
    """What a word names. Raises ScenarioError with its name."""
    if word == STANDARD_INPUT:
        return Place("standard input", "standard input", _whole_input(), "standard input")
    path = typed_path(word)
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        if (cached := _cached(word)) is not None:
            return _folder(cached)
        if _is_hub_name(word):
            raise ScenarioError("", trouble(error), _DOWNLOADED, word) from None
        raise ScenarioError("", trouble(error), WANTED, str(path)) from None
    if stat.S_ISDIR(status.st_mode):
        return _folder(path)
    is_one_of_several = path.suffix == ".safetensors" and is_part(path.name)
    if path.name.endswith(".safetensors.index.json") or is_one_of_several:
        # One of a model's files stands for all of them.
        return _folder(path.parent)
    if (repository := _repository_of(path)) is not None and _is_weights(path):
        return _folder(repository)
    return _file(path, status)


def _repository_of(path: Path) -> Path | None:
    """The cached repository whose file a path is, named by its hash; None for any other."""
    is_blob = path.parent.name == "blobs" and path.parent.parent.name.startswith(_REPOSITORY)
    return path.parent.parent if is_blob and _snapshot(path.parent.parent).is_dir() else None


def _is_weights(path: Path) -> bool:
    return _kind_of(_first_bytes(path)) == _SAFETENSORS


def _is_hub_name(word: str) -> bool:
    """Whether a word is an address, or a name as the Hugging Face hub gives them."""
    owner, slash, model = word.partition("/")
    is_name = bool(owner and model) and "/" not in model and not word.startswith((".", "~"))
    return "://" in word or (bool(slash) and is_name and not Path(owner).is_dir())


def _cached(word: str) -> Path | None:
    """The folder of a hub's model in Hugging Face's cache, if it was downloaded before."""
    if "://" in word or not _is_hub_name(word):
        return None
    home = os.environ.get("HF_HOME") or "~/.cache/huggingface"
    cache = Path(os.environ.get("HF_HUB_CACHE") or f"{home}/hub").expanduser()
    folder = cache / (_REPOSITORY + word.replace("/", "--"))
    return folder if folder.is_dir() else None


def _file(path: Path, status: os.stat_result) -> Place:
    if stat.S_ISFIFO(status.st_mode):
        return Place("a pipe", str(path), _whole_pipe(path), str(path))
    is_file = stat.S_ISREG(status.st_mode)
    kind = _kind_of(_first_bytes(path)) if is_file and path.suffix != ".json" else ""
    if is_file and (path.suffix == ".safetensors" or kind == _SAFETENSORS):
        return Place(name_of(path), str(path), weights=(path,))
    if is_file and (path.suffix == ".gguf" or kind == _GGUF):
        return Place(name_of(path), str(path), gguf=path)
    return Place(name_of(path), str(path), _read(path), str(path))


def _first_bytes(path: Path) -> bytes:
    """What a file begins with; nothing of one that cannot be read, which is said later."""
    try:
        with path.open("rb") as file:
            return file.read(9)
    except OSError:
        return b""


def _kind_of(start: bytes) -> str:
    """What kind of weights begin so, whatever their name: a cache names files by their hash."""
    if start.startswith(b"GGUF"):
        return _GGUF
    # A length in eight bytes, of which the last are 0, and the bracket that opens a header.
    return _SAFETENSORS if start[8:9] == b"{" and start[5:8] == b"\0\0\0" else ""


def name_of(path: Path) -> str:
    """The model's name: its repository's in a cache, its file's, or its folder's."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - links in a cache lead to blobs
    for part in reversed(path.parts):
        if part.startswith(_REPOSITORY):
            return _fit(part.removeprefix(_REPOSITORY).replace("--", "/").rpartition("/")[2])
    is_folder_named = path.name in (CONFIG, PARAMS) or path.suffix == ".safetensors"
    return _fit((path.parent.name or path.stem) if is_folder_named else path.stem)


def _fit(name: str) -> str:
    return shown_path(name)[:_LONGEST_NAME]


def _folder(path: Path) -> Place:
    path = _snapshot(path)
    found = _listing(path)
    name = name_of(path / CONFIG)
    weights = tuple(sorted(_model_files(found.weights)))
    absent = not_here(weights)
    for file in (CONFIG, PARAMS):
        if file in found.names:
            content = _read(path / file)
            beside = _read(path / _QUANTIZATION) if _QUANTIZATION in found.names else b""
            return Place(
                name,
                str(path),
                content,
                str(path / file),
                weights,
                absent=absent,
                quantization=beside,
            )
    if weights:
        return Place(name, str(path), weights=weights, absent=absent)
    if found.ggufs:
        return Place(name, str(path), gguf=min(found.ggufs))
    raise _without_model(path, found)


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path, WANTED, LARGEST)
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def _without_model(path: Path, found: _Listing) -> ScenarioError:
    """The refusal of a folder without a model: what it holds in its place, and what to give."""
    if not found.names:
        return ScenarioError("", "an empty folder", WANTED, str(path))
    for name, what, allowed in _OTHER_FOLDERS:
        if name in found.names:
            return ScenarioError("", what, allowed, str(path))
    folders = [name for name in sorted(found.names) if (path / name / CONFIG).is_file()]
    if folders:
        inside = shown_path(str(path / folders[0]))
        return ScenarioError("", "a folder of folders", f"one of them, such as {inside}", str(path))
    return ScenarioError("", "a folder without a model", WANTED, str(path))


def _model_files(files: list[Path]) -> list[Path]:
    """Without a second copy of the weights in one file, and adapters."""
    parts = [file for file in files if "-of-" in file.name]
    models = [file for file in files if file.name.startswith("model")]
    kept = [file for file in files if not file.name.startswith(("consolidated", "adapter"))]
    return [file for file in parts if file in kept] or models or kept or files


def _snapshot(path: Path) -> Path:
    """The folder of a cached repository's current revision; others as they are."""
    snapshots = path / "snapshots"
    if not path.name.startswith(_REPOSITORY) or not snapshots.is_dir():
        return path
    try:
        revision = (path / "refs" / "main").read_text(encoding="utf-8")[:200].strip()
    except (OSError, ValueError):
        revision = ""
    if revision and "/" not in revision and (snapshots / revision).is_dir():
        return snapshots / revision
    return max((one for one in snapshots.iterdir() if one.is_dir()), default=path)


def _listing(path: Path) -> _Listing:
    found = _Listing()
    try:
        with os.scandir(path) as entries:
            for number, entry in enumerate(entries):
                if number > _MOST_LISTED:
                    break
                found.names.add(entry.name)
                if entry.name.endswith(".safetensors"):
                    found.weights.append(Path(entry.path))
                elif entry.name.endswith(".gguf"):
                    found.ggufs.append(Path(entry.path))
    except OSError as error:
        raise ScenarioError("", trouble(error), WANTED, str(path)) from None
    return found


def _whole_input() -> bytes:
    content = sys.stdin.buffer.read(LARGEST + 1)
    return _bounded(content, "standard input")


def _whole_pipe(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file.read(LARGEST + 1), str(path))
    except OSError as error:
        raise ScenarioError("", trouble(error), WANTED, str(path)) from None


def _bounded(content: bytes, shown: str) -> bytes:
    if kind := _kind_of(content[:9]):
        allowed = "a config.json through a pipe; give weights by their file's name"
        raise ScenarioError("", f"a {kind} file", allowed, shown)
    if len(content) > LARGEST:
        raise ScenarioError("", "more than 16 MiB", WANTED, shown)
    return content
