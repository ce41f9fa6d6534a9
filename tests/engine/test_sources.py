"""Sources and assumptions: every formula has one, and none passes for the other."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from pathlib import Path

from dsexplore.engine import QUANTITIES, assumptions, formulas
from dsexplore.engine.papers import DEFINITION

FOLDER = Path(formulas.__file__).parent
# What lets a reader find a paper, a report or published code.
CITED = re.compile(r"arXiv:\d{4}\.\d{4,5}|\b(19|20)\d\d\b|\bgithub\.com/\S+/\S+")
LONGEST = 130
LARGEST_COUNT = 10
# What follows by counting: no choice of this program, so no field.
COUNTED = {
    "FLASH_BACKWARD_OVER_FORWARD",
    "STATED_HEAD",
    "VALUES_ALIGNED",
    "_TENSORS_BESIDE_EXPERTS",
    "PASSES_OF_A_LAYER",
    "EXCHANGES_PER_LAYER",
}


def test_a_source_is_a_definition_or_can_be_looked_up() -> None:
    for name, found in QUANTITIES.items():
        assert found.source or found.assumes, name
        if found.source not in ("", DEFINITION):
            assert CITED.search(found.source), f"{name}: {found.source}"


def test_an_assumption_is_one_short_sentence_and_cites_nobody() -> None:
    for name, found in QUANTITIES.items():
        said = found.assumes
        if said:
            assert said[0].isupper() and said.endswith(".") and len(said) <= LONGEST, name
            assert not CITED.search(said), name


def test_every_shared_assumption_is_made_somewhere() -> None:
    shared = {words for name, words in vars(assumptions).items() if name.isupper()}
    assert shared == shared & {found.assumes for found in QUANTITIES.values()}


def test_no_formula_hides_a_number_of_its_own() -> None:
    numbers = set()
    for file in FOLDER.rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and _is_number(node.value):
                numbers |= {ast.unparse(target) for target in node.targets}
    assert numbers == COUNTED


def test_numbers_in_a_formula_are_small_counts() -> None:
    for found in QUANTITIES.values():
        source = textwrap.dedent(inspect.getsource(found.function))
        for node in ast.walk(ast.parse(source).body[0]):
            number = node.value if isinstance(node, ast.Constant) else None
            if isinstance(number, int | float):
                assert number % 1 == 0 and number < LARGEST_COUNT, found.name


def _is_number(node: ast.expr) -> bool:
    parts = list(ast.walk(node))
    return all(isinstance(part, ast.Constant | ast.BinOp | ast.operator) for part in parts) and (
        any(isinstance(part, ast.Constant) and type(part.value) in (int, float) for part in parts)
    )
