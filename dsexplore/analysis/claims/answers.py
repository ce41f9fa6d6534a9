"""Published answers to one question side by side: what each counts, its worth, what replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dsexplore.analysis.claims.check import Finding, check, load_claims
from dsexplore.analysis.claims.written import value_text
from dsexplore.engine.names import unit_of
from dsexplore.engine.standing import Standing
from dsexplore.library.names import is_there, preset_names
from dsexplore.library.open import preset_or_path
from dsexplore.text.format import NOT_KNOWN
from dsexplore.text.refusal import ScenarioError, nearest, shown

KIND = "answers"


@dataclass(frozen=True, slots=True)
class Answer:
    """A published figure beside the computed one, the parts it counts, and what replaced it."""

    finding: Finding
    # By quantity, in base units; nan where it is not known.
    parts: dict[str, float]
    replaced_by: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its id, short enough to head a column."""
        return self.finding.claim.id


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One line across all answers; `name` is the quantity it shows, if it shows one."""

    label: str
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """A question with its answers, the oldest first."""

    title: str
    answers: tuple[Answer, ...]

    def counted(self) -> list[str]:
        """The quantities that any answer counts, in order."""
        return list(dict.fromkeys(name for answer in self.answers for name in answer.parts))


def find_answers(name: str) -> Path:
    """The file of a question's name, or of a path. Raises ScenarioError."""
    path = preset_or_path(name, (KIND,))
    if path is None or not is_there(path):
        allowed = f"{nearest(name, preset_names(KIND))}, or a file of answers"
        raise ScenarioError("", f"no question or file {shown(name)}", allowed)
    return path


def load_answers(path: Path) -> Answers:
    """The answers in a file, which is one of claims, computed. Raises ScenarioError."""
    claims = load_claims(path)
    replaced = {
        claim.id: tuple(other.id for other in claims if claim.id in other.supersedes)
        for claim in claims
    }
    answers = [_answer(check(claim), replaced[claim.id]) for claim in claims]
    # A year alone, or a month, comes after its days.
    dated = sorted(answers, key=lambda answer: f"{answer.finding.claim.date}-99-99"[:10])
    return Answers(claims[0].document, tuple(dated))


def _answer(finding: Finding, replaced_by: tuple[str, ...]) -> Answer:
    claim = finding.claim
    if not claim.includes:
        return Answer(finding, {}, replaced_by)
    (part,) = claim.parts
    values = Standing(part.scenario).values
    parts = {name: float(values[name]) for name in claim.includes}
    return Answer(finding, parts, replaced_by)


def answer_rows(found: Answers) -> list[AnswerRow]:
    """What stands beside each other: who, when, printed, computed, what is counted, its worth."""
    answers = found.answers
    counted = [
        AnswerRow(name, name, tuple(_counted(answer, name) for answer in answers))
        for name in found.counted()
    ]
    return [
        AnswerRow("by", "", _each(answers, [answer.finding.claim.author for answer in answers])),
        AnswerRow("of", "", _each(answers, [answer.finding.claim.date for answer in answers])),
        AnswerRow("printed", "", tuple(answer.finding.states_text for answer in answers)),
        AnswerRow("computed", "", tuple(answer.finding.gives_text for answer in answers)),
        *counted,
        AnswerRow("arithmetic", "", tuple(answer.finding.verdict for answer in answers)),
        AnswerRow("standing", "", tuple(answer.finding.standing for answer in answers)),
        AnswerRow(
            "replaced by", "", _each(answers, [", ".join(one.replaced_by) for one in answers])
        ),
    ]


def part_text(answer: Answer, name: str) -> str:
    """The amount of a quantity that an answer counts."""
    return value_text(answer.parts[name], unit_of(name))


def _counted(answer: Answer, name: str) -> str:
    return part_text(answer, name) if name in answer.parts else NOT_KNOWN


def _each(answers: Sequence[Answer], words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word or NOT_KNOWN for _, word in zip(answers, words, strict=True))
