"""Every action: its name, group, keys, title and help.

Bindings, the list to find an action in, the help screen, the key hints and the documentation read
this table. A new key takes two edits: an entry here, and a method of the same name in its group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

# Each has a module `dsexplore.tui.main.<group>_actions`.
Group = Literal["move", "find", "edit", "keep", "why", "file"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user can do; the method of the same name in its group does it."""

    name: str
    group: Group
    keys: tuple[str, ...]
    title: str
    help: str
    hint: str = ""
    # In the results, where a key may do something else.
    results_hint: str = ""
    # Whether text being typed in a row stays so.
    leaves_typing: bool = False
    # Whether the key hints name it, however little room there is.
    is_always_hinted: bool = False
    # Whether it cannot be undone: as a letter it waits, for a moment, whether a word follows.
    is_final: bool = False


ACTIONS = (
    Action("row_up", "move", ("up", "k"), "Row up", "Go to the field or result above."),
    Action("row_down", "move", ("down", "j"), "Row down",
           "Go to the field or result below.", hint="field", results_hint="result"),
    Action("page_up", "move", ("pageup",), "Page up", "Go up by a screenful."),
    Action("page_down", "move", ("pagedown",), "Page down", "Go down by a screenful."),
    Action("first", "move", ("home",), "First row",
           "Go to the first field, or the top of the results."),
    Action("last", "move", ("end",), "Last row",
           "Go to the last field, or the end of the results."),
    Action("nudge_down", "edit", ("left",), "Nudge down",
           "Lower the field by one step, or take the previous choice."),
    Action("nudge_up", "edit", ("right",), "Nudge up",
           "Raise the field by one step, or take the next choice.",
           hint="nudge"),
    Action("edit", "edit", ("enter",), "Type a value",
           "Type a value, with units or arithmetic (14.8T, 989 TFLOP/s, 2048*8). A digit, a sign "
           "or $ starts typing too, and other fields count: num_gpus/8. Enter keeps it, Escape "
           "reverts it. A word or name is chosen from a list, a switch is turned. On a result, "
           "explain it.",
           hint="type", results_hint="why"),
    Action("reset", "edit", ("r", "backspace", "delete"), "Reset field",
           "Put the field back to its value when opened or saved; once more, to its preset's."),
    Action("find", "find", ("slash", "ctrl+f"), "Find",
           "Find any field, result, page, action, preset or claim by name, label, unit or the "
           "flag of a framework (pp, --micro-batch-size), and go there. On a screen with a list "
           "the first key looks through that, and the second finds anything.",
           hint="find", results_hint="find"),
    Action("other_side", "move", ("tab",), "Next column",
           "Switch between parameters and results; of three columns, go to the next.",
           hint="results", results_hint="parameters"),
    Action("side_before", "move", ("shift+tab",), "Column before",
           "Go to the column before."),
    Action("next_tab", "move", ("right_square_bracket", "ctrl+right", "n"), "Next panel",
           "Show the next panel or page of this side.", hint="panel",
           results_hint="page"),
    Action("previous_tab", "move", ("left_square_bracket", "ctrl+left", "p"), "Previous panel",
           "Show the previous panel or page of this side."),
    Action("next_page", "move", ("full_stop", "v"), "Next results page",
           "Show the next page of results from either side."),
    Action("previous_page", "move", ("comma", "V"), "Previous results page",
           "Show the previous page of results from either side."),
    Action("go_to_page", "move", ("g",), "Go to page",
           "Go to a page of results by its letter, which is shown: m for Memory.",
           results_hint="go"),
    Action("go_to_panel", "move", ("G",), "Go to panel",
           "Go to a panel of parameters by its letter, which is shown: h for Hardware.",
           hint="go"),
    Action("board", "move", ("D",), "Third column",
           "Choose the pages of the third column, which terminals of 160 columns and more have; "
           "the choice is kept."),
    Action("all_fields", "move", ("i",), "All fields",
           "Show every field that applies, or only those that are set or changed again."),
    Action("only_moved", "move", ("M",), "Only what moved",
           "Show only the results that moved, against the baseline or by the last change, or all "
           "of them again."),
    Action("explain", "why", ("e",), "Explain",
           "Explain the field or result under the cursor: its formula, values and sources.",
           hint="explain"),
    Action("target", "why", ("t",), "What would it take",
           "Set a target for the result under the cursor, and find the field value that meets it.",
           results_hint="target"),
    Action("sweep", "why", ("s",), "Sweep",
           "Draw results over a range of the focused field, or of two fields, and take a point.",
           hint="sweep"),
    Action("medians", "why", ("u",), "Medians",
           "Show each uncertain result as its median with the range that holds it nine times in "
           "ten, or as it stands again.", results_hint="medians"),
    Action("distribution", "edit", ("d",), "State a distribution",
           "State how the field is distributed (lognormal 1.2, uniform 512, 1024), for medians and "
           "likelihood; saved with the scenario."),
    Action("likely", "why", ("U",), "How likely",
           "Show how an uncertain result is distributed, how likely it stays under a budget, and "
           "which inputs carry its spread."),
    Action("search", "why", ("L",), "Fastest layouts, best choices",
           "Search every layout of these accelerators that fits, the fastest first, with the "
           "frontier of time against memory, and take one. On Serving: the cheapest degrees, "
           "batch and precisions. On RL: who generates and who learns."),
    Action("fit", "why", ("f",), "What makes it fit",
           "Where memory does not fit: the nearest changes after which it does, each with its cost "
           "in step time, to take one."),
    Action("calibrate", "why", ("E",), "Calibrate",
           "Move the factors of the software stack to the time of a step that you measured, as "
           "dsexplore calibrate does; undo takes it back."),
    Action("repair", "why", ("l",), "Make links agree",
           "Where GPUs are not the product of the degrees, or a batch or experts do not divide: "
           "the nearest values that do, each with what it comes to, to take one."),
    Action("compare", "why", ("c",), "Compare",
           "Compare another scenario or the baseline with this one: the results that differ, and "
           "the fields behind the difference.", hint="compare", results_hint="compare"),
    Action("claims", "why", ("C",), "Claims",
           "Check published claims against computed results, and open the scenario behind one.",
           results_hint="claims"),
    Action("answers", "why", ("a",), "Answers",
           "Show published answers to one question, such as what DeepSeek-R1 cost, side by side, "
           "and open the scenario behind one."),
    Action("write", "edit", ("T",), "Title and notes",
           "Write the scenario's title and description, and the note on the field; saved with it."),
    Action("hold_mfu", "edit", ("m",), "What hours follow",
           "Choose what GPU-hours follow from, with the hours of each: an assumed MFU, the "
           "measured run or the predicted step. Enter at once assumes the MFU as it is."),
    Action("baseline", "edit", ("b",), "Set baseline",
           "Mark changes from here on, even after opening another scenario.",
           hint="baseline", results_hint="baseline"),
    Action("free_baseline", "edit", ("B",), "Free baseline",
           "Mark changes against the preset or file as opened, as at the start."),
    Action("undo", "edit", ("z", "ctrl+z"), "Undo",
           "Drop a refused value, or else take back the last change.",
           hint="undo", results_hint="undo"),
    Action("redo", "edit", ("y", "Z", "ctrl+y"), "Redo", "Make the last undone change again."),
    Action("history", "keep", ("h",), "History",
           "Show every state there was as a tree, undone ones and branches too, and go to one."),
    Action("name_state", "keep", ("N",), "Name this state",
           "Give the state as it is now a name: the history shows it, and Find finds it."),
    Action("pin", "keep", ("K",), "Pin as a column",
           "Pin this state, a preset or a file: the overview shows how far results are from it, "
           "in every session, up to four. The same key takes one away again."),
    Action("open", "file", ("ctrl+o", "o"), "Open", "Open a preset or a file.", hint="open"),
    Action("use_architecture", "file", ("A",), "Take architecture",
           "Replace only the architecture, by a preset's."),
    Action("use_hardware", "file", ("H",), "Take hardware",
           "Replace only the hardware, by a preset's."),
    Action("use_panel", "file", ("O",), "Take panel",
           "Replace only the panel on screen, by a preset's. Enter does so on the panel's own row, "
           "above its first field."),
    Action("save", "file", ("ctrl+s", "w"), "Save", "Save to the scenario's file.", hint="save",
           results_hint="save", is_always_hinted=True, is_final=True),
    Action("save_as", "file", ("W", "f12"), "Save as", "Save under another name."),
    Action("save_preset", "file", ("P",), "Save as preset",
           "Save the panel on screen as a preset of your own."),
    Action("export", "file", ("ctrl+e", "x"), "Export",
           "Write the page of results to hand on: HTML, Markdown, CSV or a picture (SVG); or the "
           "scenario with all results: JSON, TOML or text. On other screens: what they show.",
           hint="export"),
    Action("copy", "file", ("Y",), "Copy",
           "Copy the value under the cursor, its row or the page to the clipboard (OSC 52, tmux), "
           "and to a file where that is not certain."),
    Action("screenshot", "file", ("S",), "Screenshot",
           "Write the screen as it is to a file, as a picture (SVG) or as text."),
    Action("recover", "file", ("R",), "Recover",
           "List all unsaved work, of this session and of others, to take or to give up."),
    Action("help", "file", ("question_mark", "f1"), "Help", "Show every key and what it does.",
           hint="help", results_hint="help", is_always_hinted=True),
    Action("tour", "file", ("f2",), "Tour",
           "Learn by doing, in ten steps on a scenario of the tour's own; the open one stays as it "
           "is."),
    Action("find_action", "file", ("ctrl+p",), "Find an action",
           "Find an action by its name, and take it."),
    Action("redraw", "file", ("ctrl+l",), "Redraw",
           "Draw the whole screen again, on any screen and while typing.", leaves_typing=True),
    Action("quit", "file", ("q", "ctrl+q"), "Quit", "Leave; ask first if there is unsaved work.",
           hint="leave", results_hint="leave", is_always_hinted=True, is_final=True),
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
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "full_stop": ".",
    "comma": ",",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_of(keys: Mapping[str, Sequence[str]], name: str) -> str:
    """The first key of an action as the screen writes it; for want of one, how to find it."""
    bound = keys[name]
    return shown_key(bound[0]) if bound else f"'{BY_NAME[name].title}'"


def shown_key(key: str) -> str:
    """A key as the screen writes it: ^s, ↵, F1, shift+F1."""
    held, _, last = key.rpartition("+")
    is_numbered = len(last) > 1 and last[0] == "f" and last[1:].isdigit()
    shown = last.upper() if is_numbered else _SHOWN.get(last, last)
    if held == "ctrl":
        return f"^{shown}"
    return f"{held}+{shown}" if held else shown


def shown_together(keys: Sequence[str]) -> str:
    """Keys that go together: ↑↓, or with spaces where that would run words together."""
    shown = [shown_key(key) for key in keys]
    return ("" if all(len(key) == 1 for key in shown) else " ").join(shown)
