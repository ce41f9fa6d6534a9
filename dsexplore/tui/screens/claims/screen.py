"""Claims: printed figure, computed figure, verdict; Enter opens the scenario behind a claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import ClassVar

from dsexplore.analysis.claims.check import (
    Claim,
    Finding,
    check,
    fields_of,
    load_claims,
    shipped_claims,
)
from dsexplore.analysis.claims.standing import STANDINGS
from dsexplore.analysis.claims.verdict import VERDICTS
from dsexplore.analysis.claims.words import words_of
from dsexplore.document.document import Document
from dsexplore.export.reports.claims import claims_report
from dsexplore.export.reports.report import Report
from dsexplore.library.readable import refused
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.pick import Entry, Named, NarrowDialog
from dsexplore.tui.screens.claims.rows import claim_lines, claim_rows, counts_text
from dsexplore.tui.screens.full_screen import EXPORT, RowsScreen
from dsexplore.tui.screens.keys_here import Key
from dsexplore.tui.widgets.lines import Line, Row

# Claims are checked for so many seconds between two looks at the keys; a list drawn more often
# would take longer than they do.
_AT_ONCE = 0.06


class _Choose(NarrowDialog):
    """A choice from a given list."""

    def __init__(self, prompt: str, choices: Sequence[Named]) -> None:
        super().__init__(prompt)
        self._choices = choices

    def entries(self, typed: str) -> Iterator[Named]:
        """Every choice."""
        yield from self._choices


class _Find(_Choose):
    """A claim by any word or figure of it."""

    def __init__(self, claims: Sequence[Claim], found: Mapping[str, Finding]) -> None:
        choices = [Named(claim.id, "", claim.claim, claim.claim) for claim in claims]
        super().__init__("Find a claim", choices)
        self._words = {claim.id: words_of(claim, found.get(claim.id)) for claim in claims}

    def words(self, found: Entry) -> str:
        """Its id, words, figures, note, document and author."""
        return f"{found.name} {self._words[found.name]}"


class ClaimsScreen(RowsScreen):
    """Every shipped claim. The answer is the field to go to in the opened scenario."""

    FOLLOWS: ClassVar[str] = "open its scenario"
    DETAIL_LINES: ClassVar[int] = 9

    def __init__(
        self, document: Document, before: ClaimsScreen | None = None, own: Sequence[Claim] = ()
    ) -> None:
        """As it was left, where it was open before; claims of a file of one's own come first."""
        super().__init__(document)
        named = {claim.id for claim in own}
        self._claims = [*own, *(claim for claim in shipped_claims() if claim.id not in named)]
        self._found: dict[str, Finding] = {}
        self._verdict: str = before._verdict if before else ""
        self._standing: str = before._standing if before else ""
        of_own = own[0].document if own else ""
        self._from: str = before._from if before else of_own
        self._left_on: str = before._left_on if before else ""

    def on_mount(self) -> None:
        """Begin to check, a few claims at a time: the list is there at once."""
        super().on_mount()
        if own := refused("claims", load_claims):
            self.say(f"Not read: {', '.join(own)}; dsexplore claims says why.", "problem")
        self.call_after_refresh(self._check_some)

    def go_to(self, name: str) -> None:
        """List every claim, with the cursor on one once it is drawn."""
        self._verdict = self._standing = self._from = ""
        self._left_on = name

    def headline(self) -> tuple[str, str]:
        """The claims listed, and their verdicts."""
        listed = [found for found in self._found.values() if self._is_listed(found.claim)]
        return " · ".join(["Claims", *self._chosen()]), counts_text(listed)

    def _chosen(self) -> list[str]:
        return [part for part in (self._from, self._verdict, self._standing) if part]

    def rows(self, width: int) -> list[Row]:
        """The claims of the chosen verdict and document."""
        listed = [claim for claim in self._claims if self._is_listed(claim)]
        return claim_rows(listed, self._found, width)

    def detail_height(self) -> int:
        """A quarter of a tall terminal."""
        return max(self.DETAIL_LINES, self.app.size.height // 4)

    def detail(self, width: int) -> list[Line]:
        """The claim under the cursor in full."""
        claim = self._claim()
        return claim_lines(claim, self._found.get(claim.id), width) if claim else []

    def whole(self, width: int) -> list[Line]:
        """All of it."""
        claim = self._claim()
        found = self._found.get(claim.id) if claim else None
        return claim_lines(claim, found, width, is_whole=True) if claim else []

    def back(self) -> None:
        """Leave; the list can be opened again as it was."""
        self._left_on = self.cursor.name
        super().back()

    def follow(self) -> None:
        """Open the scenario behind the claim; of several, ask which."""
        claim = self._claim()
        if claim is None:
            return
        if len(claim.parts) > 1:
            choices = [
                Named(part.alias, "scenario", part.origin, part.origin) for part in claim.parts
            ]
            self.app.push_screen(
                _Choose("Open which of its scenarios?", choices), partial(self._open, claim)
            )
        elif claim.parts:
            self._open(claim, claim.parts[0].alias)
        else:
            self.say("This claim counts a table of benchmarks: there is no scenario behind it.")

    def next_verdict(self) -> None:
        """List claims of one verdict, then of the next, then all."""
        self._verdict = _after(self._verdict, [*VERDICTS])
        self.draw_from_top()

    def next_standing(self) -> None:
        """List claims of one standing, then of the next, then all."""
        self._standing = _after(self._standing, [*STANDINGS])
        self.draw_from_top()

    def next_document(self) -> None:
        """List claims of one document, then of the next, then all."""
        self._from = _after(self._from, [claim.document for claim in self._claims])
        self.draw_from_top()

    def find(self) -> None:
        """Find a claim by its words, figures, note, document or author."""
        self.app.push_screen(_Find(self._claims, self._found), self._go_to)

    def report(self) -> Report:
        """The claims that are listed."""
        listed = [found for found in self._found.values() if self._is_listed(found.claim)]
        return claims_report(listed, " · ".join(["Claims", *self._chosen()]))

    def answers(self) -> None:
        """Published answers to one question side by side."""
        from dsexplore.tui.screens.answers.screen import AnswersScreen  # noqa: PLC0415 - when first asked for

        self.app.push_screen(AnswersScreen(self._document), self._answered)

    def _answered(self, field: str | None) -> None:
        """Leave for the scenario of an answer, if one was opened."""
        if field is not None:
            self.dismiss(field)

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("v", next_verdict, "verdict"),
        Key("s", next_standing, "standing"),
        Key("d", next_document, "document"),
        Key("", answers, "answers", "answers"),
        *EXPORT,
        Key("", find, "find", "find"),
    )

    def _go_to(self, name: str | None) -> None:
        if not name:
            return
        self._verdict = self._standing = self._from = ""
        self.draw()
        self.put_cursor(name)

    def _open(self, claim: Claim, alias: str | None) -> None:
        """Open a scenario of the claim that was asked about: the list may have changed since."""
        if alias is None:
            return
        part = next(part for part in claim.parts if part.alias == alias)
        try:
            of_several = f" {alias}" if len(claim.parts) > 1 else ""
            label = f"claim {claim.id}{of_several}"
            self._document.open_changed(part.origin, part.scenario, label)
        except ScenarioError as error:
            self.say(str(error), "problem")
            return
        self._left_on = claim.id
        self.dismiss((fields_of(claim, alias) or ("",))[0])

    def _check_some(self) -> None:
        if not self.is_attached:
            return
        waiting = [claim for claim in self._claims if claim.id not in self._found]
        end = perf_counter() + _AT_ONCE
        while waiting and perf_counter() < end:
            claim = waiting.pop(0)
            self._found[claim.id] = check(claim)
        self.draw()
        self._return_to_claim()
        if waiting:
            self.call_after_refresh(self._check_some)

    def _return_to_claim(self) -> None:
        """Go back to the claim where the list was left, once it is listed."""
        if not self._left_on:
            return
        self.put_cursor(self._left_on)
        if self.cursor.name == self._left_on:
            self._left_on = ""

    def _is_listed(self, claim: Claim) -> bool:
        finding = self._found.get(claim.id)
        is_of_verdict = not self._verdict or (finding and finding.verdict == self._verdict)
        is_of_standing = not self._standing or (finding and finding.standing == self._standing)
        return bool(is_of_verdict and is_of_standing) and self._from in ("", claim.document)

    def _claim(self) -> Claim | None:
        return next((claim for claim in self._claims if claim.id == self.cursor.name), None)


def _after(present: str, names: Sequence[str]) -> str:
    """The name after the present one; none after the last."""
    order = ["", *dict.fromkeys(names), ""]
    return order[order.index(present) + 1]
