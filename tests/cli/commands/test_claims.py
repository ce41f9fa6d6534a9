"""`dsexplore claims`: what it prints, as what, and how it ends."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from dsexplore.analysis.claims.check import load_claims
from dsexplore.cli.commands import claims
from dsexplore.cli.output.claim_text import in_full, table
from dsexplore.files.locations import user_presets_folder

FILE = """
title = "Ours"
[[claim]]
id = "our-1"
claim = "V3 cost less than $5 million, and *that* is all."
states = "$5M"
unit = "USD"
bound = "below"
scenario = "deepseek-v3"
gives = "total_cost"
note = "It is {gives}."
expected = "contradicted"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "ours.toml"
    path.write_text(FILE)
    return path


def test_every_claim_is_listed_under_its_document_with_its_verdict(run):
    result = run("claims")
    assert (result.status, result.err) == (0, "")
    lines = result.out.splitlines()
    heading = next(i for i, line in enumerate(lines) if line.startswith("Ege Erdil"))
    assert lines[heading + 1].split()[0] == "e01"
    (line,) = (line for line in lines if line.startswith("j01 "))
    assert re.search(r"\$113 M +\$11\.34 M +-90\.0 % +contradicted +unsupported +A week", line)
    assert "$11.34 M, not $113 M" in line, "what is wrong is said where it is contradicted"
    assert re.fullmatch(r"\d+ claims: \d+ reproduced, \d+ rough, 14 contradicted, \d+ disclosed",
                        lines[-1])  # fmt: skip


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_it_fits_the_columns_of_the_terminal(columns):
    findings = [claims.check(claim) for claim in claims.shipped_claims()]
    lines = table(findings, columns).splitlines()
    assert max(map(len, lines)) <= columns
    assert sum(line.startswith("e15 ") for line in lines) == 1


def test_one_claim_is_shown_with_its_recipe_its_scenario_and_its_source(run):
    result = run("claims", "e22")
    assert result.status == 0
    assert "Ege Erdil, 'What went into training DeepSeek-R1?'" in result.out
    assert "rl_api_cost" in result.out
    assert "deepseek-r1-zero-estimate with output_price = $0.3" in result.out
    assert "printed   $600,000\n" in result.out and "computed  $629,100\n" in result.out


def test_the_command_that_it_offers_computes_the_same(run):
    shown = run("claims", "e22").out
    (command,) = (line for line in shown.splitlines() if line.strip().startswith("dsexplore eval"))
    words = shlex.split(command)[1:]
    found = json.loads(run(*words, "--format", "json").out)
    assert found["quantities"]["rl_api_cost"]["value"] == pytest.approx(629_146, abs=1)


def test_prices_stand_beside_the_scores_that_a_claim_counts(run):
    lines = run("claims", "e24").out.splitlines()
    (head,) = (i for i, line in enumerate(lines) if re.fullmatch(r" +o1 .* R1 +V3", line))
    assert lines[head + 1].split() == ["output", "price", "$60", "$15", "$15", "$12", "$2.19",
                                       "$1.10"]  # fmt: skip
    assert "MATH-500" in "\n".join(lines[head:])


def test_in_full_every_claim_has_its_block_and_fits(run):
    findings = [claims.check(claim) for claim in claims.shipped_claims()]
    for found in findings:
        text = in_full([found], 80)
        assert text.startswith(f"{found.claim.id}  ")
        whole = ("  dsexplore eval", "     https://")
        lines = [line for line in text.splitlines() if not line.startswith(whole)]
        assert max(map(len, lines)) <= 80, found.claim.id


def test_a_claim_without_an_address_says_why(run, own):
    own.write_text(
        FILE.replace('id = "our-1"', 'id = "our-1"\nno_address = "a talk that nobody wrote down"')
    )
    assert "No address: a talk that nobody wrote down." in run("claims", str(own), "our-1").out


def test_json_has_plain_numbers_in_the_printed_unit(run):
    found = {one["id"]: one for one in json.loads(run("claims", "--format", "json").out)}
    assert list(found["e01"])[:5] == ["id", "states", "gives", "deviation", "verdict"]
    assert found["e01"]["gives"] == 653908770816
    assert found["p09"]["gives"] == [6, 1, 3, 2]
    assert found["c08"]["states"] == [2, 3]
    assert (found["c10"]["gives"], found["c10"]["deviation"]) == (None, None)
    assert found["c03"]["deviation"] == pytest.approx(0.371, abs=0.005)
    assert {one["verdict"] for one in found.values()} == {
        "reproduced",
        "rough",
        "contradicted",
        "disclosed",
    }


def test_the_standing_is_in_every_format(run):
    (found,) = json.loads(run("claims", "c08", "--format", "json").out)
    assert (found["verdict"], found["standing"]) == ("reproduced", "not like with like")
    assert found["readings"][0]["gives"] == pytest.approx(1.535, abs=0.001)
    head, row = run("claims", "c08", "--format", "csv").out.splitlines()
    assert head.startswith("id,states,gives,unit,deviation,verdict,standing,because,claim")
    assert ",reproduced,not like with like,\"Ceramic's share" in row
    assert "| reproduced | not like with like |" in run("claims", "c08", "--format", "markdown").out
    text = run("claims", "c08").out
    assert "standing    not like with like: Ceramic's share is of a BF16 peak" in text
    assert "read otherwise:\n  both of the BF16 peak" in text


def test_a_standing_that_is_not_borne_out_is_said_and_ends_with_1(run, own):
    own.write_text(f"{FILE}standing = 'holds'\n")
    result = run("claims", str(own))
    assert result.status == 1
    assert result.err == (
        "dsexplore: our-1: the standing 'holds' is not borne out: its arithmetic is contradicted\n"
    )


def test_markdown_is_a_table_a_document(run, own):
    result = run("claims", str(own), "--format", "markdown")
    assert "\n## Ours\n" in result.out
    assert "| \\< $5 M | $5.576 M | +10.3 % | contradicted |" in result.out
    assert "\n- our-1: The document does not derive it" in result.out
    assert "\\*that\\*" in result.out


def test_a_verdict_picks_those_that_have_it(run):
    result = run("claims", "--verdict", "contradicted")
    ids = re.findall(r"^([a-z]\d\d) ", result.out, re.MULTILINE)
    wrong = "c03 c04 c15 c17 d17 e32 g09 j01 j04 j06 j07 p11 p20 t30"
    assert sorted(ids) == wrong.split()
    result = run("claims", "--standing", "circular")
    assert re.findall(r"^([a-z]\d\d) ", result.out, re.MULTILINE) == ["p10", "c11", "e16"]
    assert run("claims", "ceramic-2025", "--verdict", "undecided").out.startswith("No claim")
    assert run("claims", "e15", "--verdict", "rough").out.startswith("No claim has this")
    assert set(re.findall(r"^([a-z])\d\d ", run("claims", "--find", "ceramic").out, re.M)) == {"c"}


def test_a_document_is_named_as_presets_lists_it(run):
    listed = run("presets", "claims").out
    assert "ceramic-2025" in listed
    result = run("claims", "ceramic-2025")
    assert set(re.findall(r"^([a-z])\d\d ", result.out, re.MULTILINE)) == {"c"}


def test_a_file_of_ones_own_is_read_as_those_that_ship(run, own):
    result = run("claims", str(own))
    assert (result.status, result.err) == (0, "")
    assert "It is $5.576 M." in result.out
    assert "$5.576 M, which is not less than $5 M" in run("claims", str(own), "our-1").out


def test_a_verdict_that_changed_is_said_and_ends_with_1(run, own):
    own.write_text(FILE.replace("contradicted", "reproduced"))
    result = run("claims", str(own))
    assert result.status == 1
    assert result.err == (
        "dsexplore: our-1: the verdict is contradicted, expected was reproduced\n"
    )
    assert "our-1" in result.out


def test_verdicts_that_changed_alike_are_said_once(run, own):
    changed = FILE.replace("contradicted", "reproduced")
    claim = changed[changed.index("[[claim]]") :]
    own.write_text(changed + "".join(claim.replace("our-1", f"our-{n}") for n in range(2, 6)))
    assert run("claims", str(own)).err == (
        "dsexplore: 5 claims (our-1, our-2, our-3, …): "
        "the verdict is contradicted, expected was reproduced\n"
    )


def test_a_name_that_is_neither_claim_nor_file_is_refused(refused):
    assert "no claim or file 'e99'" in refused("claims", "e99")
    assert "e15" in refused("claims", "e155")
    assert "no such file" in refused("claims", "nowhere/claims.toml")
    assert "'maybe'" in refused("claims", "--verdict", "maybe")
    assert "'xml'" in refused("claims", "--format", "xml")


def test_a_bad_file_is_refused_with_file_claim_and_key(refused, own):
    own.write_text(FILE.replace('"total_cost"', '"totel_cost"'))
    line = refused("claims", str(own))
    assert f"{own}: claim our-1, gives: found unknown name 'totel_cost'" in line
    assert "total_cost" in line.partition("allowed:")[2]


def test_the_example_in_the_help_is_a_file_that_works(run, tmp_path):
    text = claims.grammar().format_help()
    example = text[text.index("  title =") : text.index("Two figures")]
    (tmp_path / "our-run.toml").write_text(
        'schema = 1\n[architecture]\npreset = "llama-3-70b"\n[pretraining]\n'
        'pretraining_tokens = "25T"\n'
    )
    path = tmp_path / "example.toml"
    path.write_text(example)
    assert [claim.id for claim in load_claims(path)] == ["m01", "m02"]
    assert run("claims", str(path), "m01").status == 0


def test_a_bad_file_of_ones_own_is_said_and_the_others_are_checked(run, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = user_presets_folder()
    for kind in ("claims", "runs"):
        (folder / kind).mkdir(parents=True)
        (folder / kind / "bad.toml").write_text("this is no TOML")
    for command, first in (("claims", "e01 "), ("accuracy", "deepseek-v3 ")):
        result = run(command)
        assert result.status == 2
        assert f"\n{first}" in result.out
        assert result.err.count("bad.toml") == 1
    assert run("claims", "e01").status == 2


def test_a_refusal_names_the_program_once(refused):
    line = refused("eval", "deepseek-v3", "--sets", "x=1")
    assert line.startswith("dsexplore: eval: found words that do not fit")
    assert refused("compare", "deepseek-v3").startswith("dsexplore: compare: found one scenario")
