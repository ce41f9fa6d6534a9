"""The claims that ship: what each document prints, what follows, and what that says of it."""

from __future__ import annotations

import pytest

from dsexplore.analysis.claims.check import Finding, check, shipped_claims
from dsexplore.engine import QUANTITIES
from dsexplore.library.names import preset_names
from dsexplore.scenario.scenario import FIELDS

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
FINDINGS = {claim.id: check(claim) for claim in shipped_claims()}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_engine_gives_what_a_pocket_calculator_gives(name):
    states, gives, _ = BY_HAND[name]
    found = FINDINGS[name]
    assert found.claim.states == (states if isinstance(states, tuple) else float(states))
    if gives is None:
        assert found.gives is None
    else:
        assert found.gives == pytest.approx(gives, rel=1e-3)


@pytest.mark.parametrize("name", BY_HAND)
def test_each_verdict_is_what_the_documents_own_inputs_say(name):
    assert FINDINGS[name].verdict == BY_HAND[name][2]


def test_all_figures_of_the_five_documents_are_there():
    assert len(BY_HAND) == 59
    assert {*BY_HAND} <= {*FINDINGS}


@pytest.mark.parametrize("found", FINDINGS.values(), ids=FINDINGS)
def test_every_verdict_is_the_expected_one(found: Finding):
    assert found.claim.expected, "what ships says what it expects"
    assert found.verdict == found.claim.expected, found.sentence


@pytest.mark.parametrize("found", FINDINGS.values(), ids=FINDINGS)
def test_every_claim_names_its_document_and_says_what_was_found(found: Finding):
    claim = found.claim
    assert claim.source and claim.document and claim.claim.endswith(".")
    assert found.sentence.endswith(".")
    assert "{" not in found.note
    known = {spec.unit for spec in FIELDS.values()} | {q.unit for q in QUANTITIES.values()}
    assert claim.unit in (*known, "times", "GB")


def test_each_contradicted_claim_says_in_its_note_what_is_wrong_with_the_numbers_that_follow():
    wrong = {
        name: found.note for name, found in FINDINGS.items() if found.verdict == "contradicted"
    }
    assert sorted(wrong) == ["c03", "c04", "j01", "j04"]
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
    assert FINDINGS[name].gives == pytest.approx(printed, rel=1e-9)


def test_serving_would_have_brought_545_per_cent_over_its_cost():
    assert FINDINGS["f23"].gives == pytest.approx(562027, rel=1e-3)
    assert FINDINGS["f24"].gives == pytest.approx(5.45, rel=0.005)


def test_the_network_bounds_a_request_at_67_tokens_a_second_and_in_a_rack_at_1200():
    assert FINDINGS["f15"].gives == pytest.approx(67, rel=0.02)
    assert FINDINGS["f16"].gives == pytest.approx(1200, rel=0.02)


def test_a_full_node_is_predicted_to_serve_more_than_it_did_on_average_over_a_day():
    """14,800 tokens a second generated and 20 to 22 for a user, with idle hours in the mean."""
    assert 14_800 < FINDINGS["f40"].gives < 1.2 * 14_800
    assert 21 < FINDINGS["f41"].gives < 1.2 * 22
    assert "of the accelerators that were held" in FINDINGS["f40"].note


def test_two_dense_models_do_not_follow_from_causal_attention():
    """444.9 and 2473.2 GFLOP a token follow, where 394 and 2448 are printed."""
    assert FINDINGS["f08"].gives == pytest.approx(444.9e9, rel=1e-3)
    assert FINDINGS["f09"].gives == pytest.approx(2473.2e9, rel=1e-3)


def test_nothing_is_stated_where_it_should_follow():
    """A recipe names quantities of the engine, or fields that the document states."""
    recipes = [found.claim.gives for found in FINDINGS.values() if found.claim.gives]
    assert all(recipe.names or recipe.calls for recipe in recipes)
    assert len(recipes) > 90


def test_the_documents_are_listed_as_presets():
    assert {*preset_names("claims")} >= {
        "booz-allen-2025",
        "ceramic-2025",
        "demystified-2025",
        "disclosures",
        "erdil-2025",
        "javaedge-2025",
    }
