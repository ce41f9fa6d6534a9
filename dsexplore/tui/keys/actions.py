"""Every action: its name, keys, title and help, and where it applies.

Bindings, the command palette, the help screen, the key hints and the documentation read this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Where = Literal["anywhere", "parameters"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a user can do. `name` is the method `action_<name>` of the main screen."""

    name: str
    keys: tuple[str, ...]
    title: str
    help: str
    where: Where = "anywhere"
    hint: str = ""
    # In the results, where a key may do something else.
    results_hint: str = ""


ACTIONS = (
    Action("row_up", ("up", "k"), "Row up", "Go to the field above, or the result above."),
    Action("row_down", ("down", "j"), "Row down", "Go to the field below, or the result below.",
           hint="field", results_hint="result"),
    Action("page_up", ("pageup",), "Page up", "Go up by a screenful."),
    Action("page_down", ("pagedown",), "Page down", "Go down by a screenful."),
    Action("first", ("home",), "First row", "Go to the first field, or the top of the results."),
    Action("last", ("end",), "Last row", "Go to the last field, or the end of the results."),
    Action("nudge_down", ("left",), "Nudge down",
           "Lower the field by a step that suits it, or take the choice before.", "parameters"),
    Action("nudge_up", ("right",), "Nudge up",
           "Raise the field by a step that suits it, or take the next choice.", "parameters",
           hint="nudge"),
    Action("edit", ("enter",), "Type a value",
           "Type in the row: numbers, units and arithmetic (14.8T, 989 TFLOP/s, 2048*8). "
           "A digit, a sign or $ begins too. Enter keeps, Escape reverts. On a result, explain it.",
           "parameters",
           hint="type", results_hint="why"),
    Action("reset", ("r", "backspace", "delete"), "Reset field",
           "Put the field back as it was opened or saved; once more, to its preset's value.",
           "parameters"),
    Action("other_side", ("tab", "shift+tab"), "Other side",
           "Change over between parameters and results.", hint="side", results_hint="side"),
    Action("next_tab", ("right_square_bracket", "ctrl+right", "n"), "Next panel",
           "Show the next panel or page of this side.", hint="panel",
           results_hint="page"),
    Action("previous_tab", ("left_square_bracket", "ctrl+left", "p"), "Previous panel",
           "Show the panel or page before."),
    Action("next_page", ("full_stop", "v"), "Next results page",
           "Show the next page of results from either side."),
    Action("previous_page", ("comma", "V"), "Previous results page",
           "Show the page of results before, from either side."),
    Action("explain", ("e",), "Explain",
           "Show what the field or result under the cursor is made of, with values and sources.",
           hint="explain"),
    Action("target", ("t",), "What would it take",
           "Give the result under the cursor a target, and find the value of a field that meets "
           "it.", results_hint="target"),
    Action("compare", ("c",), "Compare",
           "Lay another scenario, or the baseline, beside this one: what differs, and which "
           "fields make the difference.", hint="compare", results_hint="compare"),
    Action("claims", ("C",), "Claims",
           "Check published claims against what follows, and open the scenario behind one.",
           hint="claims", results_hint="claims"),
    Action("hold_mfu", ("m",), "Hold MFU",
           "Assume the MFU that was measured: hours and cost then follow what is changed."),
    Action("baseline", ("b",), "Set baseline",
           "Compare with what is open now, also when another scenario is opened after it.",
           hint="baseline", results_hint="baseline"),
    Action("free_baseline", ("B",), "Free baseline",
           "Compare with the preset or file as it was opened, as at first."),
    Action("undo", ("z", "ctrl+z"), "Undo", "Take back a refused text, or else the last change.",
           hint="undo", results_hint="undo"),
    Action("redo", ("y", "Z", "ctrl+y"), "Redo", "Make the last undone change again."),
    Action("open", ("ctrl+o", "o"), "Open", "Open a preset or a file.", hint="open"),
    Action("use_architecture", ("A",), "Take architecture",
           "Replace the architecture alone by a preset's."),
    Action("use_hardware", ("H",), "Take hardware", "Replace the hardware alone by a preset's."),
    Action("save", ("ctrl+s", "w"), "Save", "Save to the scenario's file.", hint="save"),
    Action("save_as", ("W", "f12"), "Save as", "Save under another name."),
    Action("save_preset", ("P",), "Save as preset",
           "Save the panel that is shown as a preset of your own."),
    Action("export", ("ctrl+e", "x"), "Export",
           "Write scenario and results as TOML, JSON, CSV, Markdown or a table.", hint="export"),
    Action("recover", ("R",), "Recover", "Take over unsaved work that a broken-off session left."),
    Action("help", ("question_mark", "f1"), "Help", "Show every key and what it does.",
           hint="help", results_hint="help"),
    Action("quit", ("ctrl+q", "q"), "Quit", "Leave; what is unsaved is asked about."),
)  # fmt: skip
BY_NAME = {action.name: action for action in ACTIONS}

_SHOWN = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "enter": "↵",
    "escape": "esc",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "full_stop": ".",
    "comma": ",",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def shown_key(key: str) -> str:
    """A key as the screen writes it: ^s, ↵, F1."""
    if key in _SHOWN:
        return _SHOWN[key]
    if key.startswith("ctrl+"):
        return f"^{shown_key(key.removeprefix('ctrl+'))}"
    if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return key
