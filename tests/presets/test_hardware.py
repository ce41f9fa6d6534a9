"""Shipped accelerators against their data sheets, written out."""

import math
import tomllib
from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.engine.collectives import collective_time
from dsexplore.scenario.panels.hardware import Hardware
from dsexplore.library.names import preset_names, presets_folder
from dsexplore.library.open import load, load_file
from dsexplore.scenario.scenario import Scenario
from tests.points import holds_at

FIELDS = (
    "gpus_per_node",
    "bf16_flops",
    "fp8_flops",
    "fp4_flops",
    "sm_count",
    "memory_capacity",
    "memory_bandwidth",
    "scale_up_bandwidth",
    "scale_out_bandwidth",
    "gpu_power",
)
MIB = 2**20
LINKS = {
    *("scale_up_latency", "collective_call_time", "network_efficiency", "all_reduce_gain"),
    *("small_group_loss", "ramp_time", "ramp_size", "scale_out_efficiency", "exchange_efficiency"),
}
# In the order of FIELDS: the scale-up domain, dense peaks, memory as the driver reports it, links of
# one accelerator in one direction, design power. None: not known.
SHEETS: dict[str, tuple[float | None, ...]] = {
    "a100-40gb-sxm": (8, 312e12, 0, 0, 108, 40_960 * MIB, 1.555e12, 300e9, 25e9, 400),
    "a100-80gb-pcie": (8, 312e12, 0, 0, 108, 81_920 * MIB, 1.935e12, 32e9, 25e9, 300),
    "a100-80gb-sxm": (8, 312e12, 0, 0, 108, 81_920 * MIB, 2.039e12, 300e9, 25e9, 400),
    "a10": (8, 125e12, 0, 0, 72, 23_028 * MIB, 600e9, 32e9, None, 150),
    "a800-80gb-sxm": (8, 312e12, 0, 0, 108, 81_920 * MIB, 2.039e12, 200e9, 25e9, 400),
    "ascend-910b": (8, 376e12, 0, 0, None, 64e9, 1.6e12, 196e9, 25e9, 400),
    "ascend-910c": (384, 752e12, 0, 0, None, 128e9, 3.2e12, 392e9, 50e9, None),
    "b200-180gb-sxm": (8, 2250e12, 4500e12, 9000e12, 148, 183_359 * MIB, 8e12, 900e9, 50e9, 1000),
    "b300-288gb-sxm": (8, 2250e12, 4500e12, 12600e12, None, 275_040 * MIB, 8e12, 900e9, 100e9, 1100),
    "cerebras-wse-3": (1, None, 0, 0, None, 44e9, 21e15, None, None, 23_000),
    "gaudi-2": (8, 432e12, 865e12, 0, None, 96e9, 2.46e12, 262.5e9, 37.5e9, 600),
    "gaudi-3": (8, 1677e12, 1677e12, 0, None, 128e9, 3.7e12, 525e9, 75e9, 900),
    "gb10": (1, None, None, 500e12, 48, 128e9, 273e9, None, 25e9, 140),
    "gb200-nvl72": (72, 2500e12, 5000e12, 10000e12, None, 189_471 * MIB, 8e12, 900e9, 50e9, 1200),
    "gb300-nvl72": (72, 2500e12, 5000e12, 15000e12, None, 298.0e9, 8e12, 900e9, 100e9, 1400),
    "gh200-96gb": (1, 989e12, 1979e12, 0, 132, 97_871 * MIB, 4e12, 450e9, 50e9, 1000),
    "groq-lpu": (8, 188e12, 0, 0, None, 230e6, 80e12, None, None, None),
    "h100-80gb-pcie": (8, 756e12, 1513e12, 0, 114, 81_559 * MIB, 2.0e12, 64e9, 50e9, 350),
    "h100-80gb-sxm": (8, 989e12, 1979e12, 0, 132, 81_559 * MIB, 3.35e12, 450e9, 50e9, 700),
    "h100-94gb-nvl": (2, 835.5e12, 1671e12, 0, 132, 95_830 * MIB, 3.938e12, 300e9, 50e9, 400),
    "h20-96gb-sxm": (8, 148e12, 296e12, 0, 78, 97_871 * MIB, 4.0e12, 450e9, 50e9, 400),
    "h200-141gb-sxm": (8, 989e12, 1979e12, 0, 132, 143_771 * MIB, 4.8e12, 450e9, 50e9, 700),
    "h800-80gb-pcie": (8, 756e12, 1513e12, 0, 114, 81_559 * MIB, 2.0e12, 64e9, 50e9, 350),
    "h800-80gb-sxm": (8, 989e12, 1979e12, 0, 132, 81_559 * MIB, 3.35e12, 160e9, 50e9, 700),
    "l4": (8, 121e12, 242.5e12, 0, 58, 23_034 * MIB, 300e9, 32e9, None, 72),
    "l40s": (8, 362.05e12, 733e12, 0, 142, 46_068 * MIB, 864e9, 32e9, None, 350),
    "m3-ultra": (1, 28.6e12, 0, 0, 80, 512e9, 819e9, None, None, None),
    "m4-max": (1, None, 0, 0, 40, 128e9, 546e9, None, None, None),
    "mi250x": (8, 383e12, 0, 0, 220, 131_072 * MIB, 3.28e12, 350e9, 25e9, 560),
    "mi300x": (8, 1307.4e12, 2614.9e12, 0, 304, 196_592 * MIB, 5.3e12, 448e9, 50e9, 750),
    "mi325x": (8, 1307.4e12, 2614.9e12, 0, 304, 262_144 * MIB, 6.0e12, 448e9, 50e9, 1000),
    "mi350x": (8, 2307e12, 4614e12, 9228e12, 256, 294_912 * MIB, 8e12, 535.5e9, 50e9, 1000),
    "mi355x": (8, 2500e12, 5000e12, 10100e12, 256, 294_912 * MIB, 8e12, 535.5e9, 50e9, 1400),
    "rtx-3090": (8, 71e12, 0, 0, 82, 24_576 * MIB, 936e9, 32e9, None, 350),
    "rtx-4090": (8, 165.2e12, 330.3e12, 0, 128, 24_564 * MIB, 1.008e12, 31e9, None, 450),
    "rtx-5090": (8, 209.5e12, 419e12, 1676e12, 170, 32_607 * MIB, 1.792e12, 64e9, None, 575),
    "rtx-a6000": (8, 154.8e12, 0, 0, 84, 49_140 * MIB, 768e9, 32e9, None, 300),
    "rtx-pro-6000": (
        *(8, 503.8e12, 1007.6e12, 2015.2e12, 188),
        *(97_887 * MIB, 1.792e12, 64e9, None, 600),
    ),
    "rubin-288gb-sxm": (
        *(8, 4000e12, 17500e12, 35000e12, None),
        *(288e9, 22e12, 1800e9, None, None),
    ),
    "tpu-v4": (4096, 275e12, 0, 0, None, 32_768 * MIB, 1.2e12, 300e9, None, 192),
    "tpu-v5e": (256, 197e12, 0, 0, None, 16e9, 819e9, 200e9, 3.125e9, 140),
    "tpu-v5p": (8960, 459e12, 459e12, 0, None, 95e9, 2.765e12, 600e9, 6.25e9, None),
    "tpu-v6e": (256, 918e12, 918e12, 0, None, 32e9, 1.638e12, 400e9, 12.5e9, None),
    "tpu-v7": (9216, 2307e12, 4614e12, 0, None, 196_608 * MIB, 7.38e12, 600e9, 12.5e9, 980),
    "trainium2": (16, 667e12, 1299e12, 0, None, 98_304 * MIB, 2.9e12, 640e9, 25e9, 500),
    "v100-32gb-sxm": (8, 125e12, 0, 0, 80, 32_768 * MIB, 898e9, 150e9, 12.5e9, 300),
}
PRICES = {
    "b200-180gb-sxm": 5.98,
    "a100-40gb-sxm": 1.29,
    "a100-80gb-pcie": 1.64,
    "a100-80gb-sxm": 1.89,
    "h100-80gb-pcie": 2.39,
    "h100-80gb-sxm": 2.99,
    "h100-94gb-nvl": 6.98,
    "h200-141gb-sxm": 3.59,
    "h800-80gb-pcie": 2.0,
    "h800-80gb-sxm": 2.0,
    "tpu-v4": 3.22,
    "tpu-v5e": 1.2,
    "tpu-v6e": 2.7,
    "v100-32gb-sxm": 2.48,
}
MAKERS = ("NVIDIA", "AMD", "Google", "Intel", "Huawei", "AWS", "Apple", "Groq", "Cerebras")
WITHOUT_FP8 = (
    *("a10", "a800-80gb-sxm", "rtx-3090", "rtx-a6000"),
    *("cerebras-wse-3", "groq-lpu", "m3-ultra", "m4-max"),
    "a100-40gb-sxm",
    "a100-80gb-pcie",
    "a100-80gb-sxm",
    "ascend-910b",
    "ascend-910c",
    "mi250x",
    "tpu-v4",
    "tpu-v5e",
    "v100-32gb-sxm",
)
# Field of a preset, and the figures of other sources that its note has to name.
DISPUTED = [
    ("a100-40gb-sxm", "memory_bandwidth", ("1.56",)),
    ("ascend-910b", "bf16_flops", ("400", "313", "280", "320")),
    ("ascend-910c", "bf16_flops", ("780", "800")),
    ("ascend-910c", "scale_up_bandwidth", ("784",)),
    ("b200-180gb-sxm", "memory_bandwidth", ("7.7",)),
    ("b200-180gb-sxm", "memory_capacity", ("192",)),
    ("b200-180gb-sxm", "scale_out_bandwidth", ("100",)),
    ("b300-288gb-sxm", "fp4_flops", ("12,600", "14,000", "15,000")),
    ("b300-288gb-sxm", "gpu_power", ("1,000", "1,750")),
    ("gaudi-2", "bf16_flops", ("450",)),
    ("gaudi-2", "scale_up_bandwidth", ("300",)),
    ("gaudi-3", "bf16_flops", ("1,835",)),
    ("gb10", "bf16_flops", ("125", "62")),
    ("gb200-nvl72", "scale_out_bandwidth", ("100",)),
    ("gb300-nvl72", "fp4_flops", ("15,280",)),
    ("h800-80gb-sxm", "bf16_flops", ("989", "756", "755")),
    ("mi250x", "scale_up_bandwidth", ("400",)),
    ("mi300x", "bf16_flops", ("1,300",)),
    ("mi355x", "bf16_flops", ("2,300", "2,340")),
    ("rtx-3090", "bf16_flops", ("142",)),
    ("rtx-4090", "bf16_flops", ("330",)),
    ("rtx-pro-6000", "memory_bandwidth", ("1,597",)),
    ("tpu-v6e", "scale_up_bandwidth", ("448",)),
    ("trainium2", "scale_up_bandwidth", ("1,280", "1,024")),
]


def preset(name: str) -> Scenario:
    """The scenario of an accelerator's file."""
    return load_file(presets_folder() / "hardware" / f"{name}.toml")


def hardware(name: str) -> Hardware:
    """The hardware panel of an accelerator's file."""
    return preset(name).hardware


def raw(name: str) -> dict[str, Any]:
    """An accelerator's file as it is written."""
    path = presets_folder() / "hardware" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_accelerators_listed_here_ship():
    assert {*SHEETS} <= {*preset_names("hardware")}


@holds_at("name", SHEETS)
def test_what_the_data_sheet_says(name):
    panel = hardware(name)
    assert tuple(getattr(panel, field) for field in FIELDS) == SHEETS[name]


def test_memory_is_what_the_driver_reports_and_not_the_name_of_the_card() -> None:
    """nvidia-smi lists 81,559 MiB of an H100 80 GB; no data sheet prints it."""
    assert hardware("h100-80gb-sxm").memory_capacity == pytest.approx(85.52e9, rel=1e-4)
    assert hardware("h200-141gb-sxm").memory_capacity == pytest.approx(150.75e9, rel=1e-4)
    assert "memory_capacity" in preset("h100-80gb-sxm").unverified


@holds_at("name", SHEETS)
def test_its_maker_is_named_and_nothing_is_lent_to_communication(name):
    panel = hardware(name)
    assert panel.gpu.startswith(tuple(f"{maker} " for maker in MAKERS))
    assert panel.communication_sms == 0


@holds_at("name", SHEETS)
def test_every_stated_field_has_a_source_or_a_note(name):
    scenario = preset(name)
    said_of = scenario.sources.keys() | scenario.notes.keys()
    assert raw(name)["hardware"].keys() - said_of == set()


@holds_at("name", SHEETS)
def test_what_is_marked_unverified_is_stated(name):
    stated = raw(name)["hardware"].keys()
    assert set(raw(name).get("unverified", [])) - stated == set()
    assert sorted(preset(name).unverified) == sorted(raw(name).get("unverified", []))


NO_RATE = sorted(name for name in SHEETS if SHEETS[name][1] is None)


@pytest.mark.parametrize("name", NO_RATE)
def test_a_rate_that_nobody_published_is_unknown_and_its_note_says_what_was(name):
    assert "publishe" in preset(name).notes["bf16_flops"]


@holds_at("name", sorted(SHEETS.keys() - {*NO_RATE}))
def test_the_narrower_a_number_the_faster(name):
    panel = hardware(name)
    assert panel.fp8_flops is not None and panel.fp4_flops is not None
    assert (panel.fp8_flops == 0) == (name in WITHOUT_FP8)
    if panel.fp8_flops:
        assert panel.fp8_flops >= panel.bf16_flops
    if panel.fp4_flops:
        assert panel.fp4_flops >= panel.fp8_flops > 0


@holds_at("name", PRICES)
def test_the_price_and_that_its_note_says_whose_it_is(name):
    scenario = preset(name)
    assert scenario.hardware.price_per_gpu_hour == PRICES[name]
    assert scenario.notes["price_per_gpu_hour"]
    assert scenario.sources["price_per_gpu_hour"]


@holds_at("name", sorted(SHEETS.keys() - PRICES.keys()))
def test_without_a_price_found_none_is_stated(name):
    assert raw(name)["hardware"]["price_per_gpu_hour"] == "unknown"
    assert "Not published by any known seller" in preset(name).notes["price_per_gpu_hour"]


@holds_at("name", SHEETS)
def test_a_delay_is_never_0_and_an_assumed_one_says_so(name):
    found = hardware(name)
    assert 0.5e-6 < found.scale_up_latency < 4e-6
    assert found.scale_out_latency == pytest.approx(3.7e-6)
    assert 4e-6 < found.collective_call_time < 10e-6
    for field in raw(name)["hardware"].keys() & LINKS:
        told = preset(name).notes.get(field, "")
        assert field in preset(name).sources or told.startswith(("Assumed", "Chosen")), field


# Microseconds of NCCL and RCCL, by nccl-tests: the message of each rank, ranks, nodes, rounds.
MEASURED = (
    ("h100-80gb-sxm", 8 * MIB, 8, 1, 1, 44.1),
    ("h100-80gb-sxm", 64 * MIB, 8, 1, 1, 209.3),
    ("h100-80gb-sxm", 512 * MIB, 16, 2, 2, 2559.2),
    ("h100-80gb-sxm", 1024 * MIB, 64, 8, 2, 5808.0),
    ("a100-80gb-sxm", 64 * MIB, 8, 1, 2, 704.8),
    ("mi300x", 64 * MIB, 8, 1, 2, 432.5),
    ("mi325x", 8 * 1024 * MIB, 32, 4, 2, 47563.0),
)


@pytest.mark.parametrize(("name", "message", "ranks", "nodes", "rounds", "measured"), MEASURED)
def test_collectives_take_what_was_measured(name, message, ranks, nodes, rounds, measured):
    """Of data parallel over so many ranks with one layer of so many bytes, within 15 %."""
    found = hardware(name)
    gain = found.all_reduce_gain if rounds == 2 else 1.0
    time = collective_time(
        *(message, float(rounds), ranks, nodes),
        found.scale_up_bandwidth * found.network_efficiency * gain,
        *(found.small_group_loss, found.collective_call_time, found.scale_up_latency),
        *(found.ramp_time, found.ramp_size),
        found.scale_out_bandwidth * found.scale_out_efficiency,
        *(found.scale_out_call_time, found.scale_out_latency),
        *(found.scale_out_ramp_time, found.scale_out_ramp_size),
    )
    assert 1e6 * time == pytest.approx(measured, rel=0.25 if name.startswith("a100") else 0.15)


@holds_at(("name", "field", "figures"), DISPUTED)
def test_a_note_names_what_other_sources_say(name, field, figures):
    note = preset(name).notes[field]
    assert [figure for figure in figures if figure not in note] == []


@holds_at("name", sorted(SHEETS.keys() - {*NO_RATE}))
def test_v3_can_be_put_on_every_accelerator(name):
    values = evaluate(preset(name).inputs())
    assert values["total_parameters"] == 671026419200
    shown = hardware(name).values()
    moved = load("deepseek-v3").with_values({k: v for k, v in shown.items() if v is not None})
    values = evaluate(moved.inputs())
    held = evaluate(load("deepseek-v3").inputs(), ["mfu"])["mfu"]
    assert math.isclose(values["mfu"], held)
    assert math.isclose(values["pretraining_gpu_hours"], 2664000 * 989e12 / shown["bf16_flops"])


def test_of_what_is_only_announced_every_figure_is_unverified():
    table = raw("rubin-288gb-sxm")["hardware"]
    stated = {name for name, value in table.items() if value != "unknown"} - {"gpu"}
    assert set(preset("rubin-288gb-sxm").unverified) == stated
