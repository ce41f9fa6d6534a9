"""The settings as text: a file with every setting and action explained, and what holds."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from dsexplore.tui.keys.actions import ACTIONS, BY_NAME, shown_key
from dsexplore.tui.keys.keymap import keymap
from dsexplore.tui.settings import OWN_THEMES, Settings

_WIDTH = 98
_ABOUT_KEYS = (
    "Keys by action, in place of its own: a character (?), or a name: ctrl+t, f5, shift+tab. A key "
    "given to one action is taken from the others. These cannot be given: Escape, ctrl+c, ctrl+m "
    "(Enter), ctrl+i (Tab), the prefixes of tmux and screen (ctrl+b, ctrl+a), and what starts a "
    "value (a digit, a sign, $, a bracket)."
)


def settings_file_text() -> str:
    """A settings file that changes nothing: every line is a comment, with the default in it."""
    return "\n".join(_lines()) + "\n"


def settings_in_force(settings: Settings) -> Iterator[str]:
    """What holds: each setting, and the keys that are not the table's. Raises ScenarioError."""
    from textual.theme import BUILTIN_THEMES  # noqa: PLC0415 - the command line starts without

    own = ", ".join(OWN_THEMES)
    is_known = settings.theme in (*OWN_THEMES, *BUILTIN_THEMES)
    unknown = "" if is_known else f"no such theme: {Settings().theme} is used; "
    yield f'theme = "{settings.theme}"    {unknown}{own}, or a theme of Textual such as nord'
    yield f"mouse = {_toml(settings.mouse)}    click, wheel, drag"
    for name, keys in keymap(settings.keys).items():
        if keys != BY_NAME[name].keys:
            bound = " ".join(shown_key(key) for key in keys) or "no key"
            usual = " ".join(shown_key(key) for key in BY_NAME[name].keys)
            yield f"{name}: {bound}    by default {usual}"


def _lines() -> Iterator[str]:
    usual = Settings()
    yield "# Settings of dsexplore. Take the # from a line to change what it says."
    yield ""
    yield f"# The colours: {', '.join(OWN_THEMES)}, or a theme of Textual such as nord. terminal is"
    yield "# the terminal's own sixteen. Where NO_COLOR is set there is none."
    yield f'# theme = "{usual.theme}"'
    yield ""
    yield "# Whether clicks, the wheel and drags are followed; text is then marked with Shift held."
    yield f"# mouse = {_toml(usual.mouse)}"
    yield ""
    yield from (f"# {line}" for line in wrap(_ABOUT_KEYS, _WIDTH))
    yield "[keys]"
    for action in ACTIONS:
        yield ""
        for line in wrap(f"{action.title}. {action.help}", _WIDTH):
            yield f"# {line}"
        keys = ", ".join(f'"{key}"' for key in action.keys)
        yield f"# {action.name} = [{keys}]"


def _toml(value: bool) -> str:
    return "true" if value else "false"
