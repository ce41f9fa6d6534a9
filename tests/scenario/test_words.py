"""Words about a scenario are never read as words about values that it no longer has."""

from __future__ import annotations

from pathlib import Path

from dsexplore.document.changes import changed, changes
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.library.saving import save
from dsexplore.scenario.words import description_now, title_now


def test_words_say_so_once_the_values_they_were_written_for_have_changed(tmp_path: Path) -> None:
    opened = load("deepseek-v3")
    assert (title_now(opened), description_now(opened)) == ("DeepSeek-V3", opened.description)
    deeper = with_changes(opened, {"num_layers": 62})
    assert title_now(deeper) == "DeepSeek-V3, changed"
    assert description_now(deeper, "54 days.") == "Before Layers changed from 61 to 62: 54 days."
    # A file keeps what its words were written for; so does the record of unsaved work.
    save(deeper, tmp_path / "mine.toml", overwrite=False)
    assert load(str(tmp_path / "mine.toml")) == deeper
    assert changed(opened, changes(opened, deeper)) == deeper
    cheaper = with_changes(deeper, {"price_per_gpu_hour": 1})
    assert description_now(cheaper, "54 days.") == "Before 2 fields changed: 54 days."
    assert with_changes(cheaper, {"num_layers": 61, "price_per_gpu_hour": 2}).written_for == {}
    # Another model's panel changes what the words are about; new words are of the values now.
    other = with_changes(opened, {"architecture": "qwen3-235b-a22b"})
    assert description_now(other).startswith("Before ")
    assert description_now(other.with_words(other.title, "235 B.")) == "235 B."
    assert description_now(other.with_words("Mine", other.description)).startswith("Before ")
