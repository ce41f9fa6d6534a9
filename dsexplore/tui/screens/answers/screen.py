"""Answers: one question's published answers side by side; Enter opens the scenario behind one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dsexplore.analysis.claims.answers import KIND, Answer, Answers, load_answers
from dsexplore.analysis.claims.check import fields_of
from dsexplore.document.document import Document
from dsexplore.library.readable import held_by
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.screens.answers.rows import answer_lines, rows_of
from dsexplore.tui.screens.full_screen import EXPORT, RowsScreen
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.widgets.lines import Line, Row

if TYPE_CHECKING:
    from dsexplore.export.reports.report import Report


class AnswersScreen(RowsScreen):
    """One question at a time. The answer is the field to go to in the opened scenario."""

    FOLLOWS: ClassVar[str] = "open its scenario"
    DETAIL_LINES: ClassVar[int] = 11

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._questions: list[Answers] = held_by(KIND, lambda path: [load_answers(path)])
        self._at = 0

    def headline(self) -> tuple[str, str]:
        """The question, and how many there are."""
        of = f"question {self._at + 1} of {len(self._questions)}"
        return f"Answers · {self._question.title}", of

    def rows(self, width: int) -> list[Row]:
        """The answers to the question."""
        return rows_of(self._question, width)

    def detail_height(self) -> int:
        """A quarter of a tall terminal."""
        return max(self.DETAIL_LINES, self.app.size.height // 4)

    def detail(self, width: int) -> list[Line]:
        """The answer under the cursor in full."""
        answer = self._answer()
        return answer_lines(answer, width) if answer else []

    def whole(self, width: int) -> list[Line]:
        """All of it."""
        answer = self._answer()
        return answer_lines(answer, width, is_whole=True) if answer else []

    def follow(self) -> None:
        """Open the scenario behind the answer."""
        answer = self._answer()
        if answer is None or not answer.finding.claim.parts:
            return
        claim = answer.finding.claim
        part = claim.parts[0]
        try:
            self._document.open_changed(part.origin, part.scenario, f"answer {claim.id}")
        except ScenarioError as error:
            self.say(str(error), "problem")
            return
        self.dismiss((fields_of(claim) or ("",))[0])

    def next_question(self) -> None:
        """The answers to the next question."""
        self._at = (self._at + 1) % len(self._questions)
        self.draw_from_top()

    def report(self) -> Report:
        """The answers to the question side by side."""
        from dsexplore.export.reports.answers import answers_report  # noqa: PLC0415 - few export

        return answers_report(self._question)

    KEYS: ClassVar[tuple[Key, ...]] = (Key("d", next_question, "question"), *EXPORT)

    @property
    def _question(self) -> Answers:
        return self._questions[self._at]

    def _answer(self) -> Answer | None:
        named = self.cursor.name
        return next((one for one in self._question.answers if one.name == named), None)
