"""docs/published.md: configurations of models in use, as imported and as their makers count."""

from __future__ import annotations

from pathlib import Path

from dsexplore.text.refusal import ScenarioError
from tests.library.config_json.test_published import PUBLISHED, number_shipped, total_of

PAGE = Path("docs/published.md")


def write_published() -> None:
    """Write the page from the kept configurations."""
    rows, refused = [], []
    shipped = {True: 0, False: 0}
    for entry in PUBLISHED:
        theirs = number_shipped(entry)
        figure, source = entry["published"]
        try:
            total = f"{total_of(entry):,.0f}"
        except ScenarioError:
            shipped[False] += theirs
            refused += entry["models"]
            continue
        shipped[True] += theirs
        rows.append(f"| {', '.join(entry['models'])} | {total} | {figure} | {source} |")
    whole = shipped[True] + shipped[False]
    lines = [
        "# Published configurations",
        "",
        "`python -m tests.framework --published` made this page. NVIDIA's aiconfigurator 0.12.0, a "
        f"tool that plans serving, ships config.json files of {whole} models; "
        f"{shipped[True]} import. A few more models in use stand beside them. Parameters are those "
        "of the text model, equal to the last one to what transformers 5.24.0 makes of the same "
        "file where it has the class; makers' figures are rounded.",
        "",
        "| models with this shape | parameters | maker's figure | of |",
        "|---|---|---|---|",
        *rows,
    ]
    if refused:
        lines += ["", f"Refused: {', '.join(refused)}."]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
