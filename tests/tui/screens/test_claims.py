"""Claims on the screen: the list and its filters, the recipe, and the scenario behind one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.document.document import Document
from dsexplore.files.locations import user_presets_folder
from dsexplore.tui.app import ExplorerApp
from dsexplore.tui.run import _claims_named
from dsexplore.tui.screens.claims.screen import ClaimsScreen
from dsexplore.tui.screens.full_screen import RowsScreen
from tests.tui.explorer import NARROW, WIDE, Explorer, Start

SIZES = (NARROW, WIDE)


async def open_claims(user: Explorer) -> ClaimsScreen:
    await user.press("C")
    screen = user.app.screen
    assert isinstance(screen, ClaimsScreen)
    return screen


@pytest.mark.parametrize("size", SIZES)
async def test_printed_computed_and_verdict_stand_beside_each_other(
    explore: Start, size: tuple[int, int]
) -> None:
    async with explore(size=size) as user:
        await open_claims(user)
        line = next(line for line in user.screen if " p02 " in line)
        assert line.count("$5.576 M") == 2
        assert "✓ reproduced" in line
        assert "contradicted" in user.screen[0]


async def test_the_recipe_of_the_claim_under_the_cursor_is_shown(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await open_claims(user)
        await user.press("/")
        await user.type("week of 50,000")
        await user.press("enter")
        assert "j01: A week of 50,000 GPUs at $1.35 per hour" in user.shown
        assert "$11.34 M, not $113 M" in user.shown


@pytest.mark.parametrize("key", ["C", "a"])
async def test_what_has_no_room_below_the_list_is_shown_whole(explore: Start, key: str) -> None:
    async with explore(size=(80, 24)) as user:
        await user.press(key)
        screen = user.app.screen
        assert isinstance(screen, RowsScreen)
        for _ in range(12):
            await user.press("down")
        words = " ".join(str(text) for line in screen.whole(80) for text, _ in line).split()
        await user.press("i")
        shown = [*user.screen]
        for _ in range(12):
            await user.press("down")
            shown += user.screen
        seen = " ".join(shown).split()
        assert not [word for word in words if word not in seen]
        assert not [word for word in words if "…" in word]
        await user.press("escape")
        assert user.app.screen is screen


async def test_what_is_cut_says_how_to_see_all_of_it(explore: Start) -> None:
    async with explore(size=(80, 24)) as user:
        await open_claims(user)
        assert "… i shows all" in user.shown
    async with explore(size=(200, 60)) as user:
        await open_claims(user)
        assert "i shows all" not in user.shown


async def test_one_verdict_or_one_document_can_be_listed(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await open_claims(user)
        await user.press("v", "v", "v")
        assert "Claims · contradicted" in user.screen[0]
        assert not [line for line in user.screen if "✓" in line]
        assert [line for line in user.screen if "✗" in line]
        await user.press("v", "v", "v")
        await user.press("d")
        assert "Claims · A Technical Primer on DeepSeek" in user.screen[0]
        assert " e15 " not in user.shown


async def test_enter_opens_the_scenario_behind_a_claim_with_its_fields_marked(
    explore: Start,
) -> None:
    async with explore("llama-3-70b", size=WIDE) as user:
        await open_claims(user)
        await user.press("/")
        await user.type("week of 50,000")
        await user.press("enter")
        await user.press("enter")
        assert user.app.screen is user.main
        assert "as the claim has it" in user.message
        assert user.row.startswith("▸*")
        assert user.document.scenario.hardware.num_gpus == 50_000
        await user.press("z")
        assert user.document.name == "llama-3-70b"


async def test_of_several_scenarios_one_is_asked_for(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        screen = await open_claims(user)
        await user.press("/")
        await user.type("as a share of llama")
        await user.press("enter")
        await user.press("enter")
        assert "Open which of its scenarios?" in user.shown
        await user.type("llama")
        await user.press("enter")
        assert user.app.screen is not screen
        assert user.document.name == "llama-1-65b"


async def test_the_scenario_is_of_the_claim_asked_about_though_the_list_has_moved_on(
    explore: Start,
) -> None:
    async with explore(size=WIDE) as user:
        screen = await open_claims(user)
        await user.press("/")
        await user.type("as a share of llama")
        await user.press("enter", "enter")
        screen.cursor.to_top()
        await user.type("llama")
        await user.press("enter")
        assert user.document.name == "llama-1-65b"


async def test_a_claim_that_counts_a_table_has_no_scenario(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await open_claims(user)
        await user.press("/")
        await user.type("p09")
        await user.press("enter")
        await user.press("enter")
        assert "no scenario behind it" in user.shown


async def test_a_broken_file_of_ones_own_is_said_in_a_line_beside_the_other_claims(
    explore: Start, own_folders: Path
) -> None:
    own = user_presets_folder() / "claims"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text("[[claim]]\nid = 3\n")
    async with explore() as user:
        await user.press("C")
        assert isinstance(user.app.screen, ClaimsScreen)
        assert "reproduced" in user.shown
        assert "Not read: mine; dsexplore claims says why." in user.shown


async def test_claims_of_ones_own_are_listed_with_those_that_ship(
    explore: Start, own_folders: Path
) -> None:
    own = user_presets_folder() / "claims"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text(
        'title = "Memo"\nsource = "ours"\n[[claim]]\nid = "m1"\nclaim = "V3 is cheap."\n'
        'states = "$6M"\nunit = "USD"\nscenario = "deepseek-v3"\ngives = "total_cost"\n'
    )
    async with explore(size=WIDE) as user:
        await open_claims(user)
        await user.press("/")
        await user.type("m1")
        await user.press("enter")
        assert "m1: V3 is cheap." in user.shown


async def test_opened_again_the_list_is_as_it_was_left(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await open_claims(user)
        await user.press("v", "v", "v")
        while "▸j01" not in user.shown:
            await user.press("down")
        await user.press("enter")
        assert user.app.screen is user.main
        await open_claims(user)
        assert "Claims · contradicted" in user.screen[0]
        assert "▸j01" in user.shown


async def test_a_file_of_claims_opens_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        'title = "Ours"\n[[claim]]\nid = "o1"\nclaim = "V3 cost $6 M."\nstates = "$6M"\n'
        'scenario = "deepseek-v3"\ngives = "total_cost"\n'
    )
    app = ExplorerApp(Document("deepseek-v3"), claims=_claims_named(str(path)))
    async with app.run_test(size=WIDE) as pilot:
        user = Explorer(pilot, app)
        await user.settle()
        assert isinstance(app.screen, ClaimsScreen)
        assert "Claims · Ours" in user.screen[0]
        assert "not judged" in next(line for line in user.screen if "▸o1 " in line)
    assert _claims_named("deepseek-v3") == []


async def test_a_claim_is_found_by_its_figures_its_author_and_its_note(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await open_claims(user)
        for words, found in (("100,000", "c10"), ("Ceramic", "c01"), ("a zero too many", "j01")):
            await user.press("/")
            await user.type(words)
            assert f"{found} " in user.shown
            await user.press("escape")
        await user.press("s", "s")
        assert "Claims · superseded" in user.screen[0]
        assert "DeepSeek's Nature paper" in user.shown


@pytest.mark.parametrize("size", SIZES)
async def test_answers_to_one_question_stand_side_by_side_and_open_their_scenarios(
    explore: Start, size: tuple[int, int]
) -> None:
    async with explore("llama-3-70b", size=size) as user:
        await open_claims(user)
        await user.press("a")
        assert "Answers · What did DeepSeek-R1 cost?" in user.screen[0]
        assert "It counts pretraining_cost $5.328 M, rl_cost $1.007 M" in user.shown
        assert "superseded" in user.shown
        await user.press("d")
        assert "What did DeepSeek-V3 cost?" in user.screen[0]
        await user.press("escape", "a", "enter")
        assert user.document.name == "deepseek-r1-epoch"
