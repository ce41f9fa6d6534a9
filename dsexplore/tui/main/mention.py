"""How unsaved work of other sessions is spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dsexplore.document.record import Holder, Unsaved

_NAMED = 3


def when_text(seconds: float) -> str:
    """A moment in local time, of today without the date."""
    moment = datetime.fromtimestamp(seconds)
    is_today = moment.date() == datetime.now().date()
    return moment.strftime("%H:%M" if is_today else "%Y-%m-%d %H:%M")


def holder_text(holder: Holder) -> str:
    """A living session: another session, pid 4711, since 14:02."""
    return f"another session, pid {holder.pid}, since {when_text(holder.since)}"


def mention(works: Sequence[Unsaved], key: str) -> str:
    """A sentence or two on what is there to recover, by which key; empty for nothing."""
    lost = [work.name for work in works if work.holder is None]
    held = [work for work in works if work.holder]
    said = []
    if lost:
        more = " and more" if len(lost) > _NAMED else ""
        by_key = f" {key} recovers it." if key else ""
        names = ", ".join(dict.fromkeys(lost[:_NAMED]))
        said.append(f"An earlier session left unsaved work: {names}{more}.{by_key}")
    if held and held[0].holder:
        by_key = f"; {key} takes a copy" if key else ""
        who = holder_text(held[0].holder)
        said.append(f"{held[0].name} is open and unsaved in {who}{by_key}.")
    return " ".join(said)
