"""A session's preset: read like any other, and each number with what it rests on."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from dsexplore.files.toml import to_toml
from dsexplore.library.names import own_preset_path, preset_names
from dsexplore.library.open import load
from dsexplore.library.own import write_preset
from dsexplore.library.presets import build, with_changes
from dsexplore.measure.known import reported_names, sheet_of
from dsexplore.measure.measurement import Kernel
from dsexplore.measure.preset import preset_tables
from tests.hostile import EVIL
from tests.measure.faked import H100, UNKNOWN, moved, product, session

SESSION = session([product(742e12), moved(Kernel.COPY, 3.0e12)])


def test_a_known_device_keeps_its_data_sheet_where_nothing_was_measured():
    tables = preset_tables(SESSION, sheet_of(H100.name))
    hardware = build(tables).hardware
    assert hardware.gemm_efficiency == pytest.approx(0.75, abs=0.01)
    assert hardware.price_per_gpu_hour == 2.99
    assert (hardware.bf16_flops, hardware.scale_out_bandwidth) == (989e12, 50e9)
    assert hardware.memory_capacity == 85_045_084_160


def test_every_number_says_what_it_rests_on():
    for machine in (H100, UNKNOWN):
        sheet = sheet_of(machine.name)
        tables = preset_tables(replace(SESSION, machine=machine), sheet)
        cited = [name for names in tables["sources"].values() for name in names]
        assert {*tables["hardware"]} <= {*cited, *tables["notes"]}
    (own,) = [citation for citation in tables["sources"] if "dsexplore measure" in citation]
    assert "2026-11-26" in own
    assert UNKNOWN.name in own
    assert UNKNOWN.software in own
    assert "power 690.11 W" in tables["description"]
    assert "fp8 rowwise: not supported" in tables["description"]


def test_it_is_taken_by_name_like_a_shipped_one(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = own_preset_path("hardware", "ours")
    write_preset(path, preset_tables(SESSION, sheet_of(H100.name)), overwrite=False)
    taken = with_changes(load("llama-3-70b"), {"hardware": "ours"})
    assert taken.hardware.gemm_efficiency == pytest.approx(0.75, abs=0.01)
    assert "dsexplore measure" in taken.sources["gemm_efficiency"]
    by_path = with_changes(load("llama-3-70b"), {"hardware": str(path)})
    assert type(by_path.hardware)("ours", **by_path.hardware.values()) == taken.hardware
    assert by_path.sources == taken.sources
    assert load(str(path)).hardware == load("ours").hardware


def test_hostile_words_of_a_driver_are_words():
    machine = replace(UNKNOWN, name=EVIL, software=EVIL)
    text = to_toml(preset_tables(replace(SESSION, machine=machine, left_out=(EVIL,)), None))
    assert text.replace("\n", "").isprintable()
    build(tomllib.loads(text))


def test_every_reported_name_leads_to_a_data_sheet():
    shipped = preset_names("hardware")
    for name, preset in reported_names().items():
        assert preset in shipped
        assert sheet_of(name).name == preset
    assert sheet_of("a device of tomorrow") is None
