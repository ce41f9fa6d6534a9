"""Shipped accelerators against their data sheets, written out."""

import pytest

from dsexplore.scenario.hardware import Hardware
from dsexplore.scenario.library import preset_names, presets_folder
from dsexplore.scenario.presets import load_file

FIELDS = (
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
# In the order of FIELDS: dense peaks, links of one accelerator in one direction, design power.
SHEETS = {
    "v100-32gb-sxm": (125e12, 0, 0, 80, 32e9, 898e9, 150e9, 12.5e9, 300),
    "a100-80gb-sxm": (312e12, 0, 0, 108, 80e9, 2.039e12, 300e9, 25e9, 400),
    "h100-80gb-sxm": (989e12, 1979e12, 0, 132, 80e9, 3.35e12, 450e9, 50e9, 700),
    "h100-80gb-pcie": (756e12, 1513e12, 0, 114, 80e9, 2.0e12, 64e9, 50e9, 350),
    "h800-80gb-sxm": (989e12, 1979e12, 0, 132, 80e9, 3.35e12, 160e9, 50e9, 700),
    "h800-80gb-pcie": (756e12, 1513e12, 0, 114, 80e9, 2.0e12, 64e9, 50e9, 350),
}
PRICES = {
    "v100-32gb-sxm": 2.48,
    "a100-80gb-sxm": 1.89,
    "h100-80gb-sxm": 2.99,
    "h100-80gb-pcie": 2.39,
    "h800-80gb-sxm": 2.0,
    "h800-80gb-pcie": 2.0,
}


def hardware(name: str) -> Hardware:
    """The hardware panel of an accelerator's file."""
    return load_file(presets_folder() / "hardware" / f"{name}.toml").hardware


def test_the_accelerators_that_ship_are_those_listed():
    assert preset_names("hardware") == sorted(SHEETS)


@pytest.mark.parametrize("name", SHEETS)
def test_what_the_data_sheet_says(name):
    panel = hardware(name)
    assert tuple(getattr(panel, field) for field in FIELDS) == SHEETS[name]


@pytest.mark.parametrize("name", SHEETS)
def test_eight_to_a_node_and_none_lent_to_communication(name):
    panel = hardware(name)
    assert (panel.gpus_per_node, panel.communication_sms) == (8, 0)
    assert panel.gpu.startswith("NVIDIA ")


@pytest.mark.parametrize("name", PRICES)
def test_the_price_and_that_its_note_says_whose_it_is(name):
    scenario = load_file(presets_folder() / "hardware" / f"{name}.toml")
    assert scenario.hardware.price_per_gpu_hour == PRICES[name]
    assert scenario.notes["price_per_gpu_hour"]
    assert scenario.sources["price_per_gpu_hour"]


def test_latencies_are_known_only_where_they_were_published():
    known = {name: hardware(name).scale_out_latency for name in SHEETS}
    assert known.pop("h800-80gb-sxm") == pytest.approx(3.7e-6)
    assert set(known.values()) == {None}
    assert hardware("h800-80gb-sxm").scale_up_latency == pytest.approx(3.33e-6)


def test_the_disputed_peak_of_the_h800_is_noted():
    note = load_file(presets_folder() / "hardware" / "h800-80gb-sxm.toml").notes["bf16_flops"]
    assert all(figure in note for figure in ("989", "756", "755"))
