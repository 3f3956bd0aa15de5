"""`analyse themes`: one row out per row in, JSON alone on standard output; and the targets on public data."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from feedback import analyses

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
TEXTS = [
    *(
        f"my parcel {late} and i wait since {day}"
        for late in ("is late", "never came")
        for day in ("monday", "june", "may")
    ),
    *(f"the shoes are too {wrong} in size {size}" for wrong in ("small", "tight") for size in ("forty", "ten", "six")),
    "ok",
    "",
]


def _file(folder: Path) -> Path:
    path = folder / "texts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "comment"], *([number, text] for number, text in enumerate(TEXTS))])
    return path


def test_every_row_gets_a_theme_in_the_order_of_the_file(tmp_path: Path) -> None:
    printed, out = StringIO(), tmp_path / "out.csv"
    call_command(
        "analyse", "themes", str(_file(tmp_path)), "--text=comment", "--k=2", f"--out={out}", "--json", stdout=printed
    )
    summary = json.loads(printed.getvalue())
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["row", "theme", "name", "confidence"]
    assert [int(row["row"]) for row in rows] == list(range(1, len(TEXTS) + 1))
    assert all(row["theme"] and row["name"] and 0 <= float(row["confidence"]) <= 1 for row in rows)
    assert {row["theme"] for row in rows[:6]} != {row["theme"] for row in rows[6:12]}
    assert len({row["theme"] for row in rows[:6]}) == len({row["theme"] for row in rows[6:12]}) == 1
    assert [row["name"] for row in rows[12:]] == ["No content", "No content"]
    assert summary["rows"] == len(TEXTS)
    assert summary["without_content"] == 2
    assert [theme["rows"] for theme in summary["themes"]] == [6, 6]


def test_without_json_people_read_one_line_per_theme(tmp_path: Path) -> None:
    printed = StringIO()
    call_command("analyse", "themes", str(_file(tmp_path)), "--text=comment", "--k=2", stdout=printed)
    assert len(printed.getvalue().strip().splitlines()) == 2


def test_a_missing_column_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no column 'text'; the columns are: id, comment"):
        call_command("analyse", "themes", str(_file(tmp_path)), "--text=text", stdout=StringIO())


def test_personal_data_reaches_neither_names_nor_examples() -> None:
    rows = [{"text": f"mail me at jan{number}@example.nl about the late parcel"} for number in range(8)]
    found = analyses.themes(rows, text="text", k=1)
    assert "example.nl" not in json.dumps(found.summary)


@pytest.mark.slow
@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "each", "least_nmi", "least_ari"),
    [
        ("banking77_train.csv", 40, 0.74, 0.43),
        ("bitext_8k.csv", 60, 0.85, 0.65),
        ("dutch_bus_intents.csv", 40, 0.5, 0.3),
    ],
)
def test_public_intent_sets_are_recovered(file: str, each: int, least_nmi: float, least_ari: float) -> None:
    rows: list[dict[str, str]] = []
    seen: dict[str, int] = {}
    with (SHARED / file).open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            seen[row["label"]] = seen.get(row["label"], 0) + 1
            if seen[row["label"]] <= each:
                rows.append(row)
    found = analyses.themes(rows, text="text", k=len(seen))
    truth = [row["label"] for row in rows]
    labels = [row.theme for row in found.rows]
    assert normalized_mutual_info_score(truth, labels) >= least_nmi
    assert adjusted_rand_score(truth, labels) >= least_ari
