"""Large files: their name is given once they are whole, and never over somebody's work."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.files.streaming import streamed
from dsexplore.files.writing import FileInTheWayError
from dsexplore.text.refusal import ScenarioError


def test_a_file_has_its_name_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.parquet"
    with streamed(path, overwrite=False) as beside:
        beside.write_text("half")
        assert not path.exists()
        beside.write_text("whole")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "whole"


@pytest.mark.parametrize("ends", [RuntimeError, KeyboardInterrupt])
def test_work_that_ends_early_leaves_what_was_there(
    tmp_path: Path, ends: type[BaseException]
) -> None:
    path = tmp_path / "large.parquet"
    path.write_text("old")
    with pytest.raises(ends), streamed(path, overwrite=True) as beside:
        beside.write_text("half")
        raise ends
    assert [each.read_text() for each in tmp_path.iterdir()] == ["old"]


def test_a_file_that_is_there_or_comes_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "large.parquet"
    with pytest.raises(FileInTheWayError), streamed(path, overwrite=False) as beside:
        beside.write_text("mine")
        path.write_text("theirs")
    with pytest.raises(FileInTheWayError), streamed(path, overwrite=False):
        pytest.fail("no work is done for a file that cannot be written")
    assert [each.read_text() for each in tmp_path.iterdir()] == ["theirs"]


def test_a_place_without_a_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "large.parquet"
    with pytest.raises(ScenarioError, match="no such folder"), streamed(path, overwrite=True):
        pytest.fail("no work is done for a file that cannot be written")
