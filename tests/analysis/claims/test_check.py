"""Claims: read whole or refused, computed by the engine, judged by one rule."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.analysis.claims.check import check, fields_of, load_claims, scenario_of
from dsexplore.analysis.claims.verdict import deviation, verdict
from dsexplore.analysis.claims.written import value_text
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at

CLAIM = """
title = "A page"
source = "somebody, somewhere"
[[claim]]
id = "one"
claim = "V3 cost so much."
states = 5.6e6
unit = "USD"
scenario = "deepseek-v3"
set = { price_per_gpu_hour = 2 }
gives = "total_cost"
"""
TWO = """
[[claim]]
id = "two"
claim = "Twice the price is twice the cost."
states = 2
unit = "times"
gives = "dear.total_cost / cheap.total_cost"
[claim.scenarios]
dear = { preset = "deepseek-v3", set = { price_per_gpu_hour = 4, num_gpus = 4096 } }
cheap = { preset = "deepseek-v3", set = { price_per_gpu_hour = 2 } }
"""
positive = st.floats(1e-6, 1e12)


def read(folder: Path, text: str):
    path = folder / "claims.toml"
    path.write_text(text)
    return load_claims(path)


# The rule


@holds_at(
    ("states", "gives", "figures", "expected"),
    [
        (100.0, 105.0, 0, "reproduced"),
        (100.0, 95.0, 0, "reproduced"),
        (100.0, 106.0, 0, "rough"),
        (100.0, 125.0, 0, "rough"),
        (100.0, 74.0, 0, "contradicted"),
        (30.0, 27.3, 1, "reproduced"),
        (30.0, 27.3, 2, "rough"),
        (30.0, 24.9, 1, "rough"),
        ((2.0, 3.0), 2.6, 0, "reproduced"),
        ((2.0, 3.0), 3.4, 0, "rough"),
        ((2.0, 3.0), 4.0, 0, "contradicted"),
        ((6.0, 1.0), (6.0, 1.0), 0, "reproduced"),
        ((6.0, 1.0), (6.0, 2.0), 0, "contradicted"),
        ((6.0, 1.0), (6.0, 1.0, 3.0), 0, "contradicted"),
        (0.0, 0.0, 0, "reproduced"),
        (0.0, 1.0, 0, "contradicted"),
        (5.0, math.nan, 0, "undecided"),
    ],
)
def test_a_figure_is_judged_by_its_rounding_then_by_its_distance(states, gives, figures, expected):
    assert verdict(states, gives, figures) == expected


@holds_at(
    ("bound", "gives", "expected"),
    [
        ("above", 100.1, "reproduced"),
        ("above", 900.0, "reproduced"),
        ("above", 100.0, "reproduced"),  # as near as any figure has to be
        ("above", 94.0, "contradicted"),
        ("below", 99.0, "reproduced"),
        ("below", 104.0, "reproduced"),
        ("below", 111.0, "contradicted"),
        ("strictly above", 100.0, "contradicted"),
        ("strictly below", 99.0, "reproduced"),
        ("strictly below", 100.0, "contradicted"),
    ],
)
def test_more_than_and_less_than_are_kept_or_are_not(bound, gives, expected):
    assert verdict(100.0, gives, 0, bound) == expected


@given(states=positive, gives=positive, unit=st.sampled_from([1e-3, 1e3, 1e6]))
def test_no_unit_changes_how_far_two_figures_are_apart(states, gives, unit):
    assert deviation(states * unit, gives * unit) == pytest.approx(deviation(states, gives))


@given(one=positive, other=positive)
def test_two_figures_are_as_far_apart_whichever_is_printed(one, other):
    assert deviation(one, other) == pytest.approx(-deviation(other, one))
    assert verdict(one, other) == verdict(other, one)


@given(states=positive, share=st.floats(-0.9, 3))
def test_a_verdict_grows_worse_with_the_distance_and_never_better(states, share):
    order = ["reproduced", "rough", "contradicted"]
    near, far = (verdict(states, states * (1 + s)) for s in (share / 2, share))
    assert order.index(near) <= order.index(far)


# Files


def test_a_claim_is_computed_from_its_scenario_with_its_own_inputs(tmp_path):
    (claim,) = read(tmp_path, CLAIM)
    found = check(claim)
    assert found.gives == pytest.approx(5.576e6)
    assert found.verdict == "reproduced"
    assert found.deviation == pytest.approx(-0.0043, abs=1e-4)
    assert (claim.document, claim.source) == ("A page", "somebody, somewhere")


def test_another_input_gives_another_verdict(tmp_path):
    (claim,) = read(tmp_path, CLAIM.replace("hour = 2", "hour = 12.29"))
    assert check(claim).verdict == "contradicted"


def test_the_scenario_behind_a_claim_can_be_opened_with_its_fields_set(tmp_path):
    (claim,) = read(tmp_path, TWO)
    assert scenario_of(claim).hardware.price_per_gpu_hour == 4
    assert scenario_of(claim, "cheap").hardware.price_per_gpu_hour == 2
    assert fields_of(claim) == ("price_per_gpu_hour", "num_gpus")
    assert fields_of(claim, "cheap") == ("price_per_gpu_hour",)
    assert check(claim).gives == pytest.approx(2)


def test_a_claim_of_benchmarks_has_no_scenario(tmp_path):
    text = """[[claim]]
id = "b"
claim = "R1 wins all in mathematics."
states = 3
benchmarks = "deepseek-r1"
gives = "wins('deepseek-r1', 'math')"
"""
    (claim,) = read(tmp_path, text)
    assert scenario_of(claim) is None and fields_of(claim) == ()
    assert check(claim).verdict == "reproduced"


def test_a_scenario_may_be_a_file_beside_the_claims(tmp_path):
    (tmp_path / "ours.toml").write_text("schema = 1\n[hardware]\nnum_gpus = 64\n")
    text = CLAIM.replace('"deepseek-v3"', '"ours.toml"').replace("total_cost", "num_gpus")
    text = text.replace('"USD"', '"GPU"')
    (claim,) = read(tmp_path, text)
    assert check(claim).gives == 64


def test_a_figure_may_be_typed_as_people_write_it(tmp_path):
    (claim,) = read(tmp_path, CLAIM.replace("5.6e6", '"$5.6 M"'))
    assert claim.states == 5.6e6


def test_a_whole_panel_may_be_set_from_a_preset(tmp_path):
    text = CLAIM.replace("price_per_gpu_hour = 2", 'hardware = "h100-80gb-sxm"')
    (claim,) = read(tmp_path, text.replace("total_cost", "bf16_flops").replace('"USD"', '"FLOP/s"'))
    assert scenario_of(claim).hardware.gpu == "NVIDIA H100 SXM5 80GB"
    assert fields_of(claim) == ()


def test_a_note_is_filled_with_what_was_computed(tmp_path):
    note = (
        'note = "{gives}, not {states}: {pretraining_cost}, '
        "{gives / '2 months' | USD/day}, {deviation}.\""
    )
    (claim,) = read(tmp_path, CLAIM + note)
    assert check(claim).note == "$5.576 M, not $5.600 M: $5.328 M, $91,660/day, -0.4286 %."


def test_what_is_disclosed_needs_no_recipe(tmp_path):
    text = CLAIM.replace('gives = "total_cost"', "disclosed = true")
    found = check(read(tmp_path, text)[0])
    assert (found.verdict, found.gives) == ("disclosed", None)
    assert math.isnan(found.deviation)


def test_where_something_is_unknown_nothing_is_decided(tmp_path):
    text = CLAIM.replace("price_per_gpu_hour = 2", 'price_per_gpu_hour = "unknown"')
    assert check(read(tmp_path, text)[0]).verdict == "undecided"


def test_what_has_no_result_says_so_rather_than_that_something_is_unknown(tmp_path):
    text = CLAIM.replace('"total_cost"', '"total_cost / (mfu - mfu)"')
    found = check(read(tmp_path, text.replace('unit = "USD"\n', ""))[0])
    assert found.verdict == "undecided"
    assert "divides by zero" in found.sentence


def test_the_largest_numbers_are_apart_by_a_number():
    assert deviation(9e307, -9e307) == -2
    assert deviation(-1.7e308, 1.7e308) == 2


def test_a_file_without_a_title_is_called_by_its_name(tmp_path):
    (claim,) = read(tmp_path, CLAIM.partition("[[claim]]")[1] + CLAIM.partition("[[claim]]")[2])
    assert (claim.document, claim.source) == ("claims", "claims")


def test_a_range_has_its_unit_once(tmp_path):
    (claim,) = read(tmp_path, CLAIM.replace("5.6e6", "[5e6, 6e6]"))
    assert check(claim).states_text == "$5 to $6 M"


@pytest.mark.parametrize(
    ("states", "gives", "computed", "text"),
    [
        ("80 GB", "memory_capacity", 85.5e9, "80 GB"),
        ("39 %", "mfu", 0.3908, "39 %"),
        ("2 months", "total_days", 56.72 * 12 / 365, "2 months"),
        ("74.5 GiB", "memory_capacity", 85.52e9 / 2**30, "74.5 GiB"),
        ("400 MWh", "energy", 2342e6 * 3600, "400 MWh"),
        ("3 times", "12 / 4", 3, "3 times"),
        ("3x", "12 / 4", 3, "3 times"),
        ("54 days", "20.74e6 / 16000 / 24", 54.01, "54 days"),
        ("$41.5M", "16000 * 54 * 24 * 2", 41.47e6, "$41.5 M"),
        ("2.8M hours", "total_gpu_hours", 2.788e6, "2.8 M GPU-h"),
        ("$2/h", "total_cost / total_gpu_hours", 2, "$2/GPU-h"),
    ],
)
def test_without_a_unit_the_printed_figure_says_it(tmp_path, states, gives, computed, text):
    claim = CLAIM.replace("5.6e6", f'"{states}"').replace('unit = "USD"\n', "")
    found = check(read(tmp_path, claim.replace("total_cost", gives))[0])
    assert found.gives == pytest.approx(computed, rel=2e-3)
    assert found.states_text == text


@pytest.mark.parametrize(
    ("unit", "gives", "computed"),
    [
        ("hour", "total_days", 56.72 * 24),
        ("M USD", "total_cost", 5.576),
        ("USD/day", "total_cost / total_days", 2048 * 48),
        ("GPU", "total_gpu_hours / total_days", 2048),
        ("GPU-hour/Ttoken", "pretraining_gpu_hours / pretraining_tokens", 180_000),
        ("GPU-hour", "total_gpu_hours - '5 GPU-days'", 2.788e6 - 120),
        ("USD", "50000*168*1.35", 11.34e6),
    ],
)
def test_what_a_recipe_gives_is_converted_to_the_claims_unit(tmp_path, unit, gives, computed):
    claim = CLAIM.replace('"USD"', f'"{unit}"').replace("total_cost", gives)
    assert check(read(tmp_path, claim)[0]).gives == pytest.approx(computed, rel=1e-3)


DEAR = "{ says = 'at $4', set = { price_per_gpu_hour = 4 } }"
SAME = "{ says = 'as it is' }"


@pytest.mark.parametrize(
    ("declared", "readings", "is_borne_out"),
    [
        ("holds", "", True),
        ("holds", DEAR, False),
        ("superseded", DEAR, True),
        ("superseded", SAME, False),
        ("superseded", "", False),
        ("not like with like", DEAR, True),
        ("rests on an assumption", SAME, False),
        ("circular", SAME, True),
        ("circular", DEAR, False),
        ("unsupported", "", False),
        ("unsupported", DEAR, True),
    ],
)
def test_a_standing_is_checked_by_what_is_computed(tmp_path, declared, readings, is_borne_out):
    more = f"standing = '{declared}'\nbecause = 'It is {{reading_1}}.'\nreading = [{readings}]\n"
    found = check(read(tmp_path, CLAIM + more)[0])
    assert found.is_as_expected == is_borne_out
    assert (found.standing == declared) == is_borne_out
    assert found.verdict == "reproduced", "the arithmetic is another matter"
    if is_borne_out and readings == DEAR:
        assert found.because == "It is $11.15 M."


def test_a_contradicted_claim_is_unsupported_and_of_another_nothing_is_said(tmp_path):
    assert check(read(tmp_path, CLAIM)[0]).standing == "not judged"
    (claim,) = read(tmp_path, CLAIM.replace("5.6e6", "1e6"))
    assert check(claim).standing == "unsupported"


def test_what_is_expected_is_held_against_what_is_found(tmp_path):
    (claim,) = read(tmp_path, CLAIM + 'expected = "rough"')
    assert not check(claim).is_as_expected
    (claim,) = read(tmp_path, CLAIM)
    assert check(claim).is_as_expected


def test_a_figure_is_written_with_its_unit_behind_it():
    assert value_text(27.27, "times") == "27.27 times"
    assert value_text((6.0, 1.0), "") == "6, 1"
    assert value_text((4e6, 5e6), "USD") == "$4 M, $5 M"
    assert value_text(None, "USD") == "–"


@holds_at(
    ("found", "instead", "said"),
    [
        ('"total_cost"', '"totl_cost"', "claim one, gives: found unknown name 'totl_cost'"),
        ('"total_cost"', '"a.total_cost"', "claim one, gives: found 'a.total_cost'"),
        ('"total_cost"', '"mfu_basis"', "claim one, gives: found mfu_basis, which is text"),
        ('"total_cost"', '"total_days"', "claim one, unit: found 'USD', but the recipe is in day"),
        ('"USD"', '"hour"', "claim one, unit: found 'hour', but the recipe is in USD"),
        (
            '"total_cost"',
            '"total_cost + mfu"',
            "claim one, gives: found a sum of money",
        ),
        (
            "states = 5.6e6",
            "states = 5.6e6\nstanding = 'good'",
            "claim one, standing: found 'good'",
        ),
        ("states = 5.6e6", "states = 5.6e6\nbecause = 'so'", "claim one, standing: found nothing"),
        ("states = 5.6e6", "states = 1\nreading = 3", "claim one, reading: found 3"),
        (
            "states = 5.6e6",
            "states = 1\nreading = [{ says = 'x', gives = 'mfu' }]",
            "claim one, reading 1, gives: found 'USD', but the recipe is in fraction",
        ),
        ('"total_cost"', '"total_cost +"', "claim one, gives: found 'total_cost +'"),
        (
            '"total_cost"',
            '"1 / (2 - 2)"',
            "claim one, gives: found '1 / (2 - 2)', which",
        ),
        (
            '"total_cost"',
            '"mfu + 9 ** 9 ** 9"',
            "claim one, gives: found 'mfu + 9 ** 9 ** 9'",
        ),
        ('"total_cost"', "3", "claim one, gives: found 3"),
        ('"total_cost"', "\"open('x')\"", "claim one, gives: found unknown function 'open'"),
        ('"total_cost"', "\"wins('o1')\"", "claim one, gives: found wins without a table"),
        ("price_per", "prize_per", "claim one, set: found unknown field 'prize_per_gpu_hour'"),
        ("hour = 2", "hour = -2", "claim one, set, hardware.price_per_gpu_hour: found -2"),
        ("hour = 2 }", "hour = 2, x = { } }", "claim one, set: found unknown field 'x'"),
        ('"deepseek-v3"', '"deepsek"', "claim one, scenario: found no preset 'deepsek'"),
        ('"deepseek-v3"', '"claims.toml"', "claim one, scenario, schema: found nothing"),
        ('"deepseek-v3"', '"../secret"', "claim one, scenario: found no preset '../secret'"),
        ("states = 5.6e6", "", "claim one, states: found nothing"),
        ("5.6e6", "nan", "claim one, states: found nan"),
        ("5.6e6", "[]", "claim one, states: found 0 numbers"),
        ("5.6e6", "true", "claim one, states: found True"),
        ("5.6e6", '"six eggs"', "claim one, states: found 'six eggs' is not a number"),
        ("5.6e6", "[5, 6, 7]", "claim one, states: found [5, 6, 7]"),
        ('"total_cost"', '"[total_cost]"', "claim one, states: found 5600000.0; allowed: a list"),
        ("states = 5.6e6", "states = [5, 6]\nbound = 'above'", "claim one, bound: found 'above'"),
        ('unit = "USD"', 'gives_unit = "FLOP"', "claim one, gives_unit: found 'FLOP'"),
        ('id = "one"', "", "claim 1, id: found nothing"),
        ('id = "one"', 'id = "a\\nb"', "claim 1, id: found"),
        ('unit = "USD"', 'unitt = "USD"', "claim one: found unknown key 'unitt'"),
        ('unit = "USD"', 'bound = "over"', "claim one, bound: found 'over'"),
        ('unit = "USD"', "figures = 0.5", "claim one, figures: found 0.5"),
        ('unit = "USD"', 'expected = "true"', "claim one, expected: found 'true'"),
        ('unit = "USD"', 'disclosed = "yes"', "claim one, disclosed: found 'yes'"),
        ('unit = "USD"', 'benchmarks = "x"', "claim one, benchmarks: found 'x'"),
        ('unit = "USD"', 'note = "{nothing}"', "claim one, note: found unknown name 'nothing'"),
        ('unit = "USD"', 'note = "{total_cost | hour}"', "claim one, note: found 'hour', but the"),
        ('unit = "USD"', "scenarios = { a = 1 }", "claim one, scenarios: found scenario as well"),
        ('title = "A page"', "titel = 1", "found unknown table or key 'titel'"),
        ('title = "A page"', "title = 1", "title: found 1"),
        ("[[claim]]", "[claim]", "claim: found"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_one_line(tmp_path, found, instead, said):
    assert found in CLAIM
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, CLAIM.replace(found, instead))
    message = str(refused.value)
    assert f"claims.toml: {said}" in message
    assert "; allowed: " in message and message.isprintable()


@pytest.mark.parametrize(
    ("found", "instead", "said"),
    [
        ("cheap.total", "cheep.total", "claim two, gives: found 'cheep.total_cost'"),
        ("dear.total_cost", "total_cost", "claim two, gives: found 'total_cost'"),
        ('preset = "deepseek-v3", set', "set", "claim two, scenarios.dear, preset: found nothing"),
        ("hour = 4", 'hour = "eggs"', "claim two, scenarios.dear.set, hardware.price"),
        ("dear = {", '"d-r" = {', "claim two, scenarios: found 'd-r'"),
        ('unit = "times"', "set = { num_gpus = 8 }", "claim two, set: found scenarios as well"),
    ],
)
def test_so_is_one_with_several_scenarios(tmp_path, found, instead, said):
    assert found in TWO
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, TWO.replace(found, instead))
    assert f"claims.toml: {said}" in str(refused.value)


def test_an_id_names_one_claim(tmp_path):
    with pytest.raises(ScenarioError, match="two claims with the id 'two'"):
        read(tmp_path, TWO + TWO)
