"""The steps of the tour: what to do, by which keys, and how it is seen to be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.screen import Screen

from dsexplore.tui.main.session import Session

# The scenario it is about, and the one that it opens.
BEGINS, OPENS = "deepseek-v3", "deepseek-r1-epoch"


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be seen of the user's doings: the session, and the screen on top."""

    session: Session
    top: Screen[object]

    def value(self, name: str) -> object:
        """A field's value."""
        return self.session.document.scenario.value(name)

    def has_raised(self, name: str, before: int) -> bool:
        """Whether a field is above what it was."""
        value = self.value(name)
        return isinstance(value, int) and value > before

    def is_on(self, name: str) -> bool:
        """Whether the cursor is on a field or result."""
        return self.session.side.name == name

    def has_done(self, action: str) -> bool:
        """Whether an action was taken lately."""
        return action in self.session.performed

    @property
    def screen(self) -> str:
        """What kind of screen is on top."""
        return type(self.top).__name__


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; {names} in braces stand for the keys of actions."""

    text: str
    is_done: Callable[[Seen], bool]


STEPS = (
    Step(
        "Go to Experts per token: {other_side} changes to the parameters and back, {row_down} "
        "moves, and {find} with the word experts_per finds it.",
        lambda seen: not seen.session.on_results and seen.is_on("experts_per_token"),
    ),
    Step(
        "Raise it with {nudge_up}: every result follows at once, and what moved is marked.",
        lambda seen: seen.has_raised("experts_per_token", 8),
    ),
    Step(
        "See what it does to traffic: {go_to_page}, then n, shows the network of a step.",
        lambda seen: seen.session.on_results and seen.session.results.tab.title == "Network",
    ),
    Step(
        "The hours were measured with 8 experts: the run's MFU is held, and hours follow. "
        "{hold_mfu}, then Enter, makes it an assumed MFU, to change like any other.",
        lambda seen: seen.value("utilization") == "assumed",
    ),
    Step(
        "Switch the accelerators: {use_hardware}, type b200, Enter.",
        lambda seen: "b200" in str(seen.value("gpu")).lower(),
    ),
    Step(
        "Find a layout for them: {search} lists all that fit, the fastest first. Enter takes one, "
        "Escape leaves.",
        lambda seen: seen.has_done("search") and seen.screen == "MainScreen",
    ),
    Step(
        f"Open another scenario: {{open}}, type {OPENS}, Enter. What you changed is kept.",
        lambda seen: OPENS in seen.session.document.name,
    ),
    Step(
        "Ask a result why: put the cursor on one and press {explain}. Enter follows what it is "
        "made of, Escape comes back.",
        lambda seen: seen.has_done("explain") and seen.screen == "MainScreen",
    ),
    Step(
        "Audit a claim: {claims} lists what others printed beside what follows from "
        "it. Enter opens the scenario behind one.",
        lambda seen: (
            seen.has_done("claims")
            and seen.screen == "MainScreen"
            and seen.session.document.state.claim != ""
        ),
    ),
    Step(
        "{undo} takes back whatever you did, a step at a time. Try it.",
        lambda seen: seen.has_done("undo") and seen.session.document.has_undone,
    ),
)
END = (
    "That was the tour. {help} shows the keys, {find} finds anything; {quit} goes back to your own "
    "work, as you left it."
)
