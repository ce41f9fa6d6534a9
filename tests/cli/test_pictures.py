"""`-o FILE.svg`: each picture stands alone, and can be read in black and white."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

_SMALL = [f"--set={each}" for each in ("num_gpus=16", "global_batch_size=32", "gpus_per_node=8")]
_DAYS, _TWO = "--of=pretraining_days", "h100-80gb-sxm,h200-141gb-sxm"
# Words, the kind of plot: its title, a unit on it, and what is of its own.
PICTURES = {
    "curve": (
        ["sweep", "deepseek-v3", "--over", "num_gpus=1024:4096:doubling", "--of", "step_time"],
        "step_time by num_gpus",
        " s",
        "Shaded: the interval",
    ),
    "map": (
        ["sweep", "deepseek-v3", "--over=goodput=0.5:1:3", "--over=num_gpus=1024,2048", _DAYS],
        "pretraining_days by goodput and num_gpus",
        " d",
        "goodput",
    ),
    "bars": (
        [
            "sweep",
            "deepseek-v3",
            "--over",
            "hardware=h100-80gb-sxm,h200-141gb-sxm",
            "--of",
            "total_cost",
        ],
        "total_cost by hardware",
        "$",
        "h100-80gb-sxm",
    ),
    "spread": (
        ["simulate", "llama-3-8b", "--of", "step_time", "--samples", "500"],
        "step_time: 5 % below",
        " ms",
        "500 samples, seed",
    ),
    "moves": (
        ["sensitivity", "llama-3-8b", "--of", "total_cost", "--top", "3"],
        "What moves total_cost, $",
        "%",
        "lower result",
    ),
    "layouts": (
        ["search", "llama-3-8b", *_SMALL, "--top", "3"],
        "Layouts: step time against memory",
        " GB",
        "Parts of a step, by layout",
    ),
    "service": (
        ["service", "deepseek-serving", "--ttft", "1s"],
        "Time to first token as the load rises",
        " s",
        "the limit",
    ),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_says_what_it_shows_and_needs_no_colour(run, tmp_path, kind):
    words, title, unit, own = PICTURES[kind]
    path = tmp_path / "plot.svg"
    assert run(*words, "-o", str(path)).status == 0
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    texts = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(title in each for each in texts)
    assert any(each.endswith(unit) or each.startswith(unit) for each in texts)
    assert any(own in each for each in texts)
    assert "Computed by dsexplore" in " ".join(texts)
    scenario = {"deepseek-v3": "DeepSeek-V3", "deepseek-serving": "DeepSeek's service"}
    assert any(each.startswith(scenario.get(words[1], "Llama 3")) for each in texts)
    paints = {each.get(key) for each in root.iter() for key in ("fill", "stroke")} - {None, "none"}
    known = {f"url(#{each.get('id')})" for each in root.iter() if each.get("id")}
    assert all(each in known or re.fullmatch(r"#(.)\1\1|#(..)\2\2", each) for each in paints)


def test_a_title_of_any_origin_is_words_and_not_markup(run, tmp_path):
    own, path = tmp_path / "own.toml", tmp_path / "plot.svg"
    own.write_text('schema = 1\ntitle = "</text><script>1 & 2"\n', encoding="utf-8")
    words = ["sweep", str(own), "--over=num_gpus=8,16", "--of", "data_parallel"]
    assert run(*words, "-o", str(path)).status == 0
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert any(each.text == "</text><script>1 & 2" for each in root.iter())
    assert not any(each.tag.endswith("script") for each in root.iter())
