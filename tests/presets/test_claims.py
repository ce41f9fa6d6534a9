"""The claims that ship: what each document prints, what follows, and what that says of it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from dsexplore.analysis.claims.check import Finding, check, shipped_claims
from dsexplore.analysis.claims.claim import Claim
from dsexplore.analysis.claims.file import load_claims
from dsexplore.analysis.claims.words import is_found
from dsexplore.library.names import preset_names, shipped_presets
from tests.points import holds_at

# By hand from the documents: the printed figure, what its own inputs give (None: there is no
# recipe), and the verdict.
BY_HAND: dict[str, tuple[object, object, str]] = {
    "e01": (653e9, 653908770816, "reproduced"),
    "e02": (5000, 4355.5, "rough"),
    "e03": (50000, 53406, "reproduced"),
    "e04": (180000, 181862, "reproduced"),
    "e05": (2.66e6, 2664000, "reproduced"),
    "e06": (5.3e6, 5328000, "reproduced"),
    "e07": (3e24, 3.2856e24, "reproduced"),
    "e08": (0.23, 0.2284, "reproduced"),
    "e09": (55, 54.76, "reproduced"),
    "e10": (0.03125, 0.03125, "reproduced"),
    "e11": (1e20, 9.8448e19, "reproduced"),
    "e12": (11.29, 11.303, "reproduced"),
    "e13": (55, 44.5, "rough"),
    "e14": (6.1e23, 6.2076e23, "reproduced"),
    "e15": (1e6, 1.0066e6, "reproduced"),
    "e16": (0.5, 0.5, "reproduced"),
    "e17": (0.05, 0.04315, "rough"),
    "e18": (32e6, 32e6, "reproduced"),
    "e19": (7.5, 7.407, "reproduced"),
    "e20": (2e12, 2.0972e12, "reproduced"),
    "e21": (2.2e6, 2.307e6, "reproduced"),
    "e22": (6e5, 6.2915e5, "reproduced"),
    "e23": (6.4e9, 6.4e9, "reproduced"),
    "e24": (30, 27.27, "reproduced"),
    "e25": (6, 6, "reproduced"),
    "p01": (2.788e6, 2.788e6, "reproduced"),
    "p02": (5.576e6, 5.576e6, "reproduced"),
    "p03": (256, 256, "reproduced"),
    "p04": (60, 56.72, "reproduced"),
    "p05": (12, 12.29, "reproduced"),
    "p06": (6, 6.145, "reproduced"),
    "p07": (10, 11.062, "rough"),
    "p08": (100e6, 60e6, "disclosed"),
    "p09": ((6, 1, 3, 2), (6, 1, 3, 2), "reproduced"),
    "p10": (1, 1, "reproduced"),
    "j01": (113e6, 11.34e6, "contradicted"),
    "j02": (5.58e6, 5.576e6, "reproduced"),
    "j03": (0.5, 0.4444, "rough"),
    "j04": (80, 80, "contradicted"),
    "c01": (0.45, 0.4861, "rough"),
    "c02": (2.4, 2.42, "reproduced"),
    "c03": (0.31, 0.493, "contradicted"),
    "c04": (0.70, 1.0142, "contradicted"),
    "c05": (0.28, 0.268, "reproduced"),
    "c06": (0.23, 0.2269, "reproduced"),
    "c07": (0.88, 0.8467, "reproduced"),
    "c08": ((2, 3), 2.6445, "reproduced"),
    "c09": (3, 3.1734, "reproduced"),
    "c10": (1e5, None, "disclosed"),
    "c11": (0.5, 0.5, "reproduced"),
    "d01": (20736e3, 20736e3, "reproduced"),
    "d02": (41.5e6, 41.472e6, "reproduced"),
    "d03": (10, 7.784, "rough"),
    "d04": (0.933, 0.9334, "reproduced"),
    "d05": (1700e12, 1697e12, "reproduced"),
    "d06": (0.202, 0.2015, "reproduced"),
    "d07": (0.404, 0.403, "reproduced"),
    "d08": (0.429, 0.4292, "reproduced"),
    "d09": (1572864, 1382400, "rough"),
}


@cache
def findings() -> dict[str, Finding]:
    """What is found of each claim that ships, by its id; not before a test asks."""
    return {claim.id: check(claim) for claim in shipped_claims()}


@holds_at("name", BY_HAND)
def test_the_engine_gives_what_a_pocket_calculator_gives(name):
    states, gives, _ = BY_HAND[name]
    found = findings()[name]
    assert found.claim.states == (states if isinstance(states, tuple) else float(states))
    if gives is None:
        assert found.gives is None
    else:
        assert found.gives == pytest.approx(gives, rel=1e-3)


@holds_at("name", BY_HAND)
def test_each_verdict_is_what_the_documents_own_inputs_say(name):
    assert findings()[name].verdict == BY_HAND[name][2]


def test_all_figures_of_the_five_documents_are_there():
    assert len(BY_HAND) == 59
    assert {*BY_HAND} <= {*findings()}


def test_every_verdict_is_the_expected_one():
    assert all(found.claim.expected for found in findings().values()), "what ships says what it expects"
    other = {n: f.sentence for n, f in findings().items() if f.verdict != f.claim.expected}
    assert not other


def answers() -> list[Claim]:
    """The answers that ship, which are claims too."""
    return [claim for preset in shipped_presets("answers") for claim in load_claims(preset.path)]


def test_every_claim_and_answer_says_by_whom_when_and_where_it_was_printed():
    for claim in [*shipped_claims(), *answers()]:
        assert claim.document and claim.source and claim.author and claim.section, claim.id
        assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", claim.date), (claim.id, claim.date)
        assert claim.address.startswith("https://") or claim.no_address, claim.id


def test_every_claim_says_what_was_found():
    for name, found in findings().items():
        claim = found.claim
        assert claim.claim.endswith(".") and found.sentence.endswith("."), name
        assert "{" not in found.note, name


@pytest.mark.parametrize("word", ["it", "its", "that", "this", "they", "their"])
def test_no_claim_begins_with_what_only_its_neighbour_explains(word: str):
    assert not [n for n, f in findings().items() if f.claim.claim.lower().startswith(f"{word} ")]


@pytest.mark.parametrize(("typed", "found"), [("100,000 RL", ""), ("100,000", "c17"), ("staff", "p18"),
                                              ("ceramic", "c08"), ("amodei", "t13"), ("300k", "")])  # fmt: skip
def test_a_claim_is_found_by_figure_word_document_and_author(typed: str, found: str):
    names = [n for n, f in findings().items() if is_found(f.claim, f, typed)]
    assert found in names if found else found not in names


# The standing of the claims of the five documents that do not simply hold.
STANDINGS = {
    "superseded": "c17 e14 e15 e17 e18 e19 e20 e21 e22 e27 e28",
    "not like with like": "c07 c08 c09 c16 d04 j02 j05 j07",
    "rests on an assumption": "c02 c05 c06 d01 d02 d03 d06 d07 d08 d09 e08 e11 e12 e13 e29 p12 p15",
    "circular": "c11 e16 p10",
    "unsupported": "c03 c04 c10 c15 d17 e32 j01 j04 j06 p11 p20",
}


@pytest.mark.parametrize("standing", STANDINGS)
def test_a_reproduced_claim_is_not_yet_a_true_one(standing: str):
    of_documents = (found for name, found in findings().items() if name[0] in "cdejp")
    found = sorted(found.claim.id for found in of_documents if found.standing == standing)
    assert found == STANDINGS[standing].split()


def test_every_standing_is_borne_out_and_says_why():
    for name, found in findings().items():
        assert found.claim.standing == found.standing, (name, found.standing_problem)
        assert found.because.endswith(".") and "{" not in found.because, name
        assert found.standing == "holds" or found.claim.because, name


def test_both_of_a_bf16_peak_ceramic_is_one_and_a_half_times_as_efficient_as_v3():
    assert findings()["c08"].readings[0].gives == pytest.approx(1.54, abs=0.01)
    assert findings()["c09"].readings[0].gives == pytest.approx(1.85, abs=0.01)


def test_a_claim_that_something_later_replaces_says_what_and_when():
    later = [f for n, f in findings().items() if f.standing == "superseded" and n[0] in "ce"]
    assert all("DeepSeek's Nature paper" in found.because for found in later)
    assert "$202,000" in findings()["e15"].because and "$284,000" in findings()["c10"].because


def test_a_few_times_is_taken_as_2_and_its_other_readings_are_computed():
    days = [reading.gives for reading in findings()["e13"].readings]
    assert days == pytest.approx([66.8, 89.0], abs=0.05)


@holds_at(
    ("name", "gives"),
    [
        ("e26", 1.917),  # 6 x 70e9 x 15e12 over 6 x 37e9 x 14.8e12
        ("e28", 10.24),
        ("c12", 37 / 65),
        ("c13", 14.8 / 8.1),
        ("c15", 0.493 / 0.72),
        ("c16", 0.6 / 0.3908),
        ("d10", 6 * 37e9 * 14.8e12),
        ("d11", 6 * 405e9 * 15e12),
        ("d12", 238e3),
        ("j05", 5.576e6 + 294e3 - 10e3),
    ],
)
def test_further_figures_of_the_documents_are_computed_too(name: str, gives: float):
    assert findings()[name].gives == pytest.approx(gives, rel=2e-3)
    assert findings()[name].claim.section and findings()[name].claim.date


def test_each_contradicted_claim_says_in_its_note_what_is_wrong_with_the_numbers_that_follow():
    wrong = {
        name: found.note for name, found in findings().items() if found.verdict == "contradicted"
    }
    assert sorted(wrong) == "c03 c04 c15 c17 d17 e32 g09 j01 j04 j06 j07 p11 p20 t30".split()
    assert "$11.34 M, not $113 M" in wrong["j01"]
    assert "85.52 GB of an H800, 85.52 GB of an H100" in wrong["j04"]
    assert "49.30 %, not 31 %" in wrong["c03"]
    assert "101.4 %, not 70 %" in wrong["c04"]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("f01", 5.576e6),  # V3, three stages
        ("f10", 70272),  # KV cache in bytes a token: V3, Qwen2.5 72B, Llama 3.1 405B
        ("f11", 327680),
        ("f12", 516096),
        ("f17", 294e3),  # R1's cost table
        ("f18", 202e3),
        ("f22", 87072),  # a day of serving
    ],
)
def test_disclosed_totals_follow_from_their_parts_to_the_last_digit(name, printed):
    assert findings()[name].gives == pytest.approx(printed, rel=1e-9)


def test_serving_would_have_brought_545_per_cent_over_its_cost():
    assert findings()["f23"].gives == pytest.approx(562027, rel=1e-3)
    assert findings()["f24"].gives == pytest.approx(5.45, rel=0.005)


def test_the_network_bounds_a_request_at_67_tokens_a_second_and_in_a_rack_at_1200():
    assert findings()["f15"].gives == pytest.approx(67, rel=0.02)
    assert findings()["f16"].gives == pytest.approx(1200, rel=0.02)


def test_a_full_node_is_predicted_to_serve_about_what_profile_and_service_print():
    """18,598 tokens a second in the profile; 14,800 over a day with idle hours, 20 to 22 a user."""
    assert findings()["f38"].gives == pytest.approx(18_598 / 8, rel=0.1)
    assert 0.9 * 14_800 < findings()["f40"].gives < 1.2 * 14_800
    assert 0.9 * 20 < findings()["f41"].gives < 1.2 * 22
    assert "of the accelerators that were held" in findings()["f40"].note


def test_two_dense_models_do_not_follow_from_causal_attention():
    """444.9 and 2473.2 GFLOP a token follow, where 394 and 2448 are printed."""
    assert findings()["f08"].gives == pytest.approx(444.9e9, rel=1e-3)
    assert findings()["f09"].gives == pytest.approx(2473.2e9, rel=1e-3)


def test_nothing_is_stated_where_it_should_follow():
    """A recipe on DeepSeek names quantities of the engine, dates, scores, or fields it states."""
    recipes = [f.claim.gives for n, f in findings().items() if n[0] in "cdefjp" and f.claim.gives]
    assert all(recipe.names or recipe.calls for recipe in recipes)
    assert len(recipes) > 90


def test_what_is_argued_about_today_is_judged_too():
    """Sixty and more public figures beyond the five documents and the developers' disclosures."""
    public = [f for n, f in findings().items() if n[0] in "tgk"]
    assert len(public) >= 60
    assert {"holds", "superseded", "unsupported", "not like with like"} <= {
        f.standing for f in public
    }
    kimi, colossus = findings()["t29"], findings()["k05"]
    # 6 x 32e9 x 15.5e12 FLOP, at what V3 did in an hour; 31.5 times is FP8 over BF16.
    assert kimi.gives == pytest.approx(6 * 32e9 * 15.5e12 / (6 * 37e9 * 14.8e12) * 5.328e6)
    assert colossus.readings[0].gives == pytest.approx(15.85, abs=0.01)


def test_the_documents_are_listed_as_presets():
    assert {*preset_names("claims")} >= {
        "booz-allen-2025",
        "ceramic-2025",
        "clusters",
        "demystified-2025",
        "disclosures",
        "energy-and-carbon",
        "erdil-2025",
        "javaedge-2025",
        "training-costs",
    }
