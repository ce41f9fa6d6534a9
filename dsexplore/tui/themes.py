"""The themes of the house: the terminal's own colours, dark, light, and none at all.

One meaning a colour, in all of them:

primary     where one is, and what one can press
secondary   an amount, in a bar or a curve
warning     changed
success     better than before
accent      worse than before
error       refused, or cannot be
"""

from __future__ import annotations

from textual.theme import Theme

# A list's own mark and reversed cells show where one is, with or without colours.
_CURSOR = {
    "block-cursor-text-style": "bold",
    "block-cursor-blurred-text-style": "none",
    "input-cursor-text-style": "reverse",
}
_ANSI_CURSOR = _CURSOR | {
    "border": "ansi_default",
    "border-blurred": "ansi_default",
    "ansi-background": "ansi_black",
    "ansi-foreground": "ansi_white",
    "block-cursor-background": "ansi_default",
    "block-cursor-blurred-background": "ansi_default",
    "block-cursor-blurred-foreground": "ansi_default",
    "block-hover-background": "ansi_default",
    "input-cursor-background": "ansi_default",
    "input-cursor-foreground": "ansi_default",
    "scrollbar-background": "ansi_default",
    "scrollbar-background-hover": "ansi_default",
    "scrollbar-background-active": "ansi_default",
    "scrollbar-corner-color": "ansi_default",
}


def _ansi(name: str, where: str, amount: str, marks: tuple[str, str, str, str]) -> Theme:
    """A theme of the terminal's colours, on its own ground."""
    changed, better, worse, refused = marks
    return Theme(
        name=name,
        ansi=True,
        primary=where,
        secondary=amount,
        warning=changed,
        success=better,
        accent=worse,
        error=refused,
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables=_ANSI_CURSOR
        | {
            "block-cursor-foreground": where,
            "input-selection-background": amount,
            "input-selection-foreground": "ansi_default",
            "screen-selection-background": amount,
            "screen-selection-foreground": "ansi_default",
            "scrollbar": where,
            "scrollbar-hover": where,
            "scrollbar-active": where,
        },
    )


TERMINAL = _ansi(
    "terminal",
    "ansi_cyan",
    "ansi_blue",
    ("ansi_yellow", "ansi_green", "ansi_red", "ansi_magenta"),
)
COLOURLESS = _ansi("colourless", "ansi_default", "ansi_default", ("ansi_default",) * 4)
DARK = Theme(
    name="dark",
    primary="#5fd7ff",
    secondary="#5f87ff",
    warning="#ffd75f",
    success="#87d75f",
    accent="#ff5f5f",
    error="#ff87d7",
    foreground="#dadada",
    background="#121212",
    surface="#121212",
    panel="#1c1c1c",
    variables=_CURSOR
    | {
        "block-cursor-background": "#262626",
        "block-cursor-foreground": "#5fd7ff",
        "block-cursor-blurred-background": "#121212",
        "block-cursor-blurred-foreground": "#dadada",
    },
)
LIGHT = Theme(
    name="light",
    primary="#006b80",
    secondary="#5f87d7",
    warning="#875f00",
    success="#005f00",
    accent="#af0000",
    error="#87005f",
    foreground="#262626",
    background="#ffffff",
    surface="#ffffff",
    panel="#eeeeee",
    dark=False,
    variables=_CURSOR
    | {
        "block-cursor-background": "#e4e4e4",
        "block-cursor-foreground": "#006b80",
        "block-cursor-blurred-background": "#ffffff",
        "block-cursor-blurred-foreground": "#262626",
    },
)
THEMES = (TERMINAL, DARK, LIGHT, COLOURLESS)
