"""Files of published runs: read whole, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.analysis.accuracy.accuracy import accuracy, comparison
from dsexplore.analysis.accuracy.measured import Counting
from dsexplore.analysis.accuracy.runs import load_runs, shipped_runs
from dsexplore.library.described import title_and_description
from dsexplore.library.names import preset_names, shipped_presets
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.library.stacks import stack_factors
from dsexplore.scenario.scenario import known_field
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at

RUN = """
[[run]]
name = "one"
stack = "llama"
gpu = "h100-80gb-sxm"
num_gpus = 64
architecture = { preset = "llama-3-70b" }
parallelism = { tensor_parallel = 8, pipeline_parallel = 4 }
pretraining = { sequence_length = 8192, global_batch_size = 128 }
measured = { mfu = 0.4 }
source = "a paper"
"""


def read(folder: Path, text: str) -> list:
    path = folder / "runs.toml"
    path.write_text(text)
    return load_runs(path)


def test_the_shipped_runs_have_names_sources_and_layouts() -> None:
    runs = shipped_runs()
    assert len(runs) == 340
    assert len({run.name for run in runs}) == len(runs)
    assert all(run.source and run.is_laid_out for run in runs)


def test_each_file_of_shipped_runs_says_what_its_source_is() -> None:
    for preset in shipped_presets("runs"):
        title, description = title_and_description(preset)
        assert title and len(description) > 80, preset.name


def test_a_run_is_a_scenario_that_is_predicted(tmp_path: Path) -> None:
    (run,) = read(tmp_path, RUN)
    scenario = run.scenario
    assert scenario.hardware.num_gpus == 64
    assert scenario.hardware.gpu == "NVIDIA H100 SXM5 80GB"
    assert scenario.architecture.num_layers == 80
    assert scenario.pretraining.utilization == "predicted"
    assert scenario.parallelism.software_stack == "llama"
    assert scenario.value("kernel_factor") == stack_factors("llama")["kernel_factor"]
    assert run.counting == Counting(is_causal=True, counts_recompute=False)
    assert run.assumed == ()


def test_a_factor_that_a_run_states_is_not_its_stacks(tmp_path: Path) -> None:
    stated = RUN.replace("pipeline_parallel = 4", "pipeline_parallel = 4, kernel_factor = 0.9")
    assert read(tmp_path, stated)[0].scenario.value("kernel_factor") == 0.9


def test_an_unknown_stack_is_predicted_with_the_neutral_one_and_says_so(tmp_path: Path) -> None:
    (run,) = read(tmp_path, RUN.replace('"llama"', '"somebody"'))
    assert run.scenario.parallelism.software_stack == "neutral"
    assert run.stack == "somebody"
    assert "somebody" in run.warnings[0] and "\n" not in run.warnings[0]


def test_what_is_assumed_is_used_and_remembered(tmp_path: Path) -> None:
    assumed = "assumed = { virtual_stages = 5, sequence_length = 4096 }\nmeasured"
    (run,) = read(tmp_path, RUN.replace("measured", assumed, 1))
    assert run.assumed == ("virtual_stages", "sequence_length")
    assert run.scenario.parallelism.pipeline_schedule == "interleaved"
    assert run.scenario.pretraining.sequence_length == 8192  # stated, so not assumed


def test_what_is_sent_to_experts_is_the_stacks_choice_unless_it_is_said(tmp_path: Path) -> None:
    """DeepSeek's sends FP8; Megatron-Core sends BF16 whatever its products are in."""
    fp8 = RUN.replace("global_batch_size = 128", 'global_batch_size = 128, precision = "fp8"')
    assert read(tmp_path, fp8)[0].scenario.parallelism.dispatch_precision == "bf16"
    theirs = fp8.replace('"llama"', '"deepseek"')
    assert read(tmp_path, theirs)[0].scenario.parallelism.dispatch_precision == "fp8"
    said = theirs.replace("tensor_parallel = 8", 'tensor_parallel = 8, dispatch_precision = "bf16"')
    assert read(tmp_path, said)[0].scenario.parallelism.dispatch_precision == "bf16"


def test_an_architecture_may_stand_in_the_file(tmp_path: Path) -> None:
    shape = "num_layers = 4, hidden_size = 1024, num_attention_heads = 8, ffn_matrices = 2"
    (run,) = read(tmp_path, RUN.replace('preset = "llama-3-70b"', shape))
    assert run.scenario.architecture.num_layers == 4


def test_any_field_of_any_panel_may_stand_inline(tmp_path: Path) -> None:
    inline = (
        'hardware = { scale_out_bandwidth = "12.5 GB/s" }\nserving = { decode_batch = 3 }\n'
        'reinforcement = { group_size = 8 }\nsoftware = "NeMo 25.09"\nmeasured'
    )
    (run,) = read(tmp_path, RUN.replace("measured", inline, 1))
    for name, value in {"scale_out_bandwidth": 12.5e9, "decode_batch": 3, "group_size": 8}.items():
        assert run.scenario.value(name) == value
    assert run.scenario.hardware.preset == run.gpu == "h100-80gb-sxm"
    assert run.scenario.hardware.num_gpus == 64
    assert run.software == "NeMo 25.09"


def test_an_accelerator_may_stand_among_its_fields_or_be_nobodys_preset(tmp_path: Path) -> None:
    inline = RUN.replace(
        'gpu = "h100-80gb-sxm"\nnum_gpus = 64',
        'hardware = { preset = "h100-80gb-sxm", num_gpus = 64 }',
    )
    assert read(tmp_path, inline)[0].scenario == read(tmp_path, RUN)[0].scenario
    new = inline.replace('preset = "h100-80gb-sxm"', 'gpu = "Own chip", bf16_flops = "500 TFLOP/s"')
    (run,) = read(tmp_path, new)
    assert (run.gpu, run.scenario.value("bf16_flops"), run.is_laid_out) == ("Own chip", 5e14, True)


@pytest.mark.parametrize(
    ("stated", "name", "value"),
    [
        ('step_time = "900 ms"', "step_time", 0.9),
        ('mfu = "41 %"', "mfu", 0.41),
        ("predicted_tokens_per_second_per_gpu = 1234", "predicted_tokens_per_second_per_gpu", 1234),
        ('memory_per_gpu = "16 GiB"', "memory_per_gpu", 2**34),
        ('flops_per_gpu = "430 TFLOP/s"', "flops_per_gpu", 430e12),
        ("bubble_time = 0.3", "bubble_time", 0.3),
        ('samples_per_second = "40 sequences/s"', "samples_per_second", 40),
        ('pretraining_days = "54 d"', "pretraining_days", 54),
    ],
)
def test_any_quantity_may_be_measured_in_its_unit(
    tmp_path: Path, stated: str, name: str, value: float
) -> None:
    (run,) = read(tmp_path, RUN.replace("mfu = 0.4", stated))
    assert run.measured == {name: pytest.approx(value)}


def test_parts_of_a_step_may_be_all_that_is_measured(tmp_path: Path) -> None:
    text = RUN.replace("mfu = 0.4", 'parts = { forward = "1 s", compute_time = 2 }')
    found = accuracy(read(tmp_path, text))
    assert (found.runs, found.memory) == ((), ())
    assert [(part.quantity, part.measured) for part in found.parts] == [
        ("forward", 1),
        ("compute_time", 2),
    ]


def test_a_rate_and_a_time_of_one_step_have_one_error(tmp_path: Path) -> None:
    """64 GPUs, 128 sequences of 8,192 tokens: 8 s a step are 2,048 tokens a second and GPU."""
    stated = ["step_time = 8", "tokens_per_second_per_gpu = 2048", "tokens_per_second = 131072"]
    stated += ["samples_per_second = 16"]
    stated += ['tokens_per_day = "11.32462 G"', "gpu_hours_per_trillion_tokens = 135633.68"]
    found = [comparison(read(tmp_path, RUN.replace("mfu = 0.4", each))[0]).error for each in stated]
    assert found == pytest.approx([found[0]] * len(stated), abs=1e-6)


def test_a_rate_of_flops_is_counted_as_the_source_counts(tmp_path: Path) -> None:
    rate = 'measured = { flops_per_gpu = "395.6 TFLOP/s" }'
    for counts in ("", "counts = { causal = false }\n", "counts = { recompute = true }\n"):
        mfu, flops = (
            comparison(read(tmp_path, RUN.replace("measured = { mfu = 0.4 }", counts + each))[0])
            for each in ("measured = { mfu = 0.4 }", rate)
        )
        assert flops.error == pytest.approx(mfu.error, abs=1e-3)


def test_a_run_without_a_layout_is_read_and_marked(tmp_path: Path) -> None:
    bare = RUN.replace("num_gpus = 64\n", "")
    (run,) = read(tmp_path, bare)
    assert not run.is_laid_out


BAD = {
    "no toml at all [[[": "TOML",
    "": "[[run]]",
    "schema = 1": "schema",
    "title = 3" + RUN: "title",
    "run = 3": "run",
    RUN + "colour = 1": "colour",
    RUN + RUN: "two runs",
    RUN.replace('name = "one"\n', ""): "name",
    RUN.replace('"one"', "1"): "name",
    RUN.replace("h100-80gb-sxm", "h1000"): "h1000",
    RUN.replace("llama-3-70b", "llama-99"): "llama-99",
    RUN.replace("num_gpus = 64", "num_gpus = -1"): "num_gpus",
    RUN.replace("num_gpus = 64", "num_gpus = true"): "num_gpus",
    RUN.replace("tensor_parallel = 8", "tensor_paralel = 8"): "tensor_paralel",
    RUN.replace("tensor_parallel = 8", 'tensor_parallel = "x"'): "tensor_parallel",
    RUN.replace("mfu = 0.4", "mfu = 0"): "measured.mfu",
    RUN.replace("mfu = 0.4", 'mfu = "fast"'): "measured.mfu",
    RUN.replace("mfu = 0.4", "mfu = nan"): "measured.mfu",
    RUN.replace("mfu = 0.4", "speed = 1"): "measured",
    RUN + "counts = { causal = 1 }": "counts.causal",
    RUN + "counts = { casual = true }": "causal",
    RUN.replace("mfu = 0.4", "mfu = 0.4, stp_time = 1"): "step_time",
    RUN.replace("mfu = 0.4", 'step_time = "3 GB"'): "measured.step_time",
    RUN + "hardware = { scale_out_bandwith = 1 }": "scale_out_bandwidth",
    RUN + "hardware = { num_gpus = 63 }": "num_gpus",
    RUN + "serving = 3": "serving",
    RUN + "software = 3": "software",
    RUN.replace('gpu = "h100-80gb-sxm"\n', ""): "gpu",
    RUN.replace("tensor_parallel = 8", 'software_stack = "llama"'): "stack",
    RUN + "assumed = { micro_batch = 1 }": "micro_batch",
    RUN + 'assumed = { micro_batch_size = "many" }': "micro_batch_size",
    RUN.replace("sequence_length = 8192", "sequence_length = [1]"): "sequence_length",
}


@holds_at("text", BAD)
def test_what_is_wrong_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, text)
    said = str(refused.value)
    assert BAD[text] in said and "runs.toml" in said
    assert "\n" not in said and len(said) < 400


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        load_runs(tmp_path / "none.toml")


# Software stacks


def test_every_stack_says_what_it_was_fitted_to() -> None:
    assert {"deepseek", "llama", "megatron-2021", "megatron-2022", "neutral"} <= {
        *preset_names("stacks")
    }
    for name in preset_names("stacks"):
        scenario = load(name)
        assert scenario.parallelism.software_stack == name
        assert "itted" in scenario.description
        said = scenario.sources.keys() | scenario.notes.keys()
        assert stack_factors(name).keys() <= said


def test_another_stack_brings_its_factors_along() -> None:
    before = load("llama-3.1-405b")
    after = with_changes(before, {"software_stack": "megatron-2021"})
    for field, value in stack_factors("megatron-2021").items():
        assert after.value(field) == known_field(field).read(value), field
    kept = with_changes(before, {"software_stack": "megatron-2021", "kernel_factor": 0.7})
    assert kept.value("kernel_factor") == 0.7
    assert kept.value("memory_factor") == stack_factors("megatron-2021")["memory_factor"]


def test_a_stack_that_nobody_knows_changes_nothing_but_its_name() -> None:
    before = load("llama-3.1-405b")
    after = with_changes(before, {"software_stack": "mine"})
    back = with_changes(after, {"software_stack": "llama"})
    assert back.parallelism == before.parallelism
    assert after.value("kernel_factor") == before.value("kernel_factor")


def test_a_scenario_without_a_stack_has_the_neutral_one() -> None:
    scenario = load("llama-3-70b")
    assert scenario.parallelism.software_stack == "neutral"
    for field, value in stack_factors("neutral").items():
        assert scenario.value(field) == known_field(field).read(value), field


def test_a_saved_stack_keeps_the_factors_that_the_file_states(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        "schema = 1\n[parallelism]\nsoftware_stack = 'deepseek'\nkernel_factor = 0.8\n"
        "[hardware]\npreset = 'h800-80gb-sxm'\n"
    )
    scenario = load(str(path))
    assert scenario.value("kernel_factor") == 0.8
    assert scenario.value("memory_factor") == stack_factors("deepseek")["memory_factor"]
    assert scenario.hardware.communication_sms == 20
    assert "memory_factor" in scenario.sources and "kernel_factor" not in scenario.sources


def test_a_field_of_any_table_may_be_assumed(tmp_path: Path) -> None:
    path = tmp_path / "runs.toml"
    path.write_text(
        '[[run]]\nname = "a"\ngpu = "h100-80gb-sxm"\narchitecture = { preset = "llama-3-8b" }\n'
        "measured = { mfu = 0.4 }\nassumed = { output_price = 2 }\n"
    )
    [run] = load_runs(path)
    assert run.scenario.value("output_price") == 2
