"""The table of actions: whole, and without a key that means two things."""

from __future__ import annotations

from collections import Counter

from dsexplore.scenario.scenario import PANELS
from dsexplore.tui.keys.actions import ACTIONS, shown_key
from dsexplore.tui.keys.jumps import letters
from dsexplore.tui.main.edit_actions import EditActions
from dsexplore.tui.main.file_actions import FileActions
from dsexplore.tui.main.find_actions import FindActions
from dsexplore.tui.main.keep_actions import KeepActions
from dsexplore.tui.main.move_actions import MoveActions
from dsexplore.tui.main.why_actions import WhyActions
from dsexplore.tui.pages.pages import PAGES

GROUPS = {
    "move": MoveActions,
    "edit": EditActions,
    "find": FindActions,
    "why": WhyActions,
    "keep": KeepActions,
    "file": FileActions,
}


def test_the_methods_of_a_group_are_its_actions_and_no_others() -> None:
    assert {action.group for action in ACTIONS} == {*GROUPS}
    for name, group in GROUPS.items():
        methods = {method for method in vars(group) if not method.startswith("_")}
        assert methods == {action.name for action in ACTIONS if action.group == name}


def test_every_action_has_a_key_a_title_and_help() -> None:
    for action in ACTIONS:
        assert action.keys
        assert action.title
        assert action.help.endswith(".")


def test_no_name_title_or_key_is_there_twice() -> None:
    for of_one in (
        [action.name for action in ACTIONS],
        [action.title for action in ACTIONS],
        [key for action in ACTIONS for key in action.keys],
    ):
        assert [one for one, times in Counter(of_one).items() if times > 1] == []


def test_no_key_is_a_multiplexers_and_flow_control_takes_the_only_one_of_no_action() -> None:
    for action in ACTIONS:
        assert not {"ctrl+a", "ctrl+b"} & {*action.keys}
        assert {*action.keys} - {"ctrl+s", "ctrl+q"}, action.name


def test_each_panel_and_page_has_a_letter_and_an_own_one() -> None:
    for titles in ([page.title for page in PAGES], [panel.title for panel in PANELS.values()]):
        found = letters(titles)
        assert sorted(found.values()) == [*range(len(titles))]
        assert not {"q", "w"} & {*found}, "their deeds cannot be undone, so they wait"
    assert letters(["Cost", "Serving", "Compute"]) == {"c": 0, "s": 1, "o": 2}
    assert letters(["A", "A"]) == {"a": 0}


def test_keys_are_written_as_people_know_them() -> None:
    shown = [shown_key(key) for key in ("ctrl+s", "enter", "f1", "question_mark", "ctrl+left", "A")]
    assert shown == ["^s", "↵", "F1", "?", "^←", "A"]
