"""`summary --format parquet`: the rows of the CSV, read back; however many, no more memory."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck import desk
from amif_netcheck.desk import digest, table
from amif_netcheck.desk.digest import Digest

pa = pytest.importorskip("pyarrow", reason="pyarrow (the extra `analytics`) is not installed")

DESK_PAGE = Path(__file__).parents[2] / "docs" / "desk.md"
SCENARIOS = ("vpn", "everything-wrong", "no-network")


@pytest.fixture
def folder(run: Any, tmp_path: Path) -> Path:
    place = tmp_path / "reports"
    place.mkdir()
    for name in SCENARIOS:
        run("demo", name, "--json", "-o", str(place / f"{name}.json"))
    (place / "broken.json").write_text("{")
    return place


def test_the_rows_are_those_of_the_csv(run: Any, folder: Path, tmp_path: Path) -> None:
    from pyarrow import parquet  # noqa: PLC0415

    target = tmp_path / "all.parquet"
    told = run("summary", str(folder), "--format", "parquet", "-o", str(target), "--lang", "en")
    assert (told.code, told.out, told.err) == (0, "", "amif-netcheck: 1 file left out\n")
    rows = {Path(row["file"]).stem: row for row in parquet.read_table(target).to_pylist()}
    plain = list(csv.DictReader(io.StringIO(run("summary", str(folder), "--format", "csv").out)))
    assert set(rows) == set(SCENARIOS)
    for line in plain:
        row = rows[Path(line["file"]).stem]
        assert list(row) == list(line) == list(table.COLUMNS)
        assert row["verdict"] == line["verdict"]
        assert " ".join(row["problems"]) == line["problems"]
        assert row["generated_at"].isoformat() == line["generated_at"]
        for name in table.MEASURED:
            assert ("" if row[name] is None else row[name]) == (float(line[name]) if line[name] else "")


def test_duckdb_answers_the_question_of_the_page(
    run: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    monkeypatch.chdir(tmp_path)
    run("summary", str(folder), "--format", "parquet", "-o", "all.parquet")
    [question] = re.findall(r"```sql\n(.*?)```", DESK_PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert duckdb.sql(question).fetchall() == [("", len(SCENARIOS), 2)]


def test_filters_hold(run: Any, folder: Path, tmp_path: Path) -> None:
    from pyarrow import parquet  # noqa: PLC0415

    target = tmp_path / "some.parquet"
    run("summary", str(folder), "--verdict", "not_ready", "--format", "parquet", "-o", str(target))
    assert set(parquet.read_table(target)["verdict"].to_pylist()) == {"not_ready"}


def test_it_wants_a_file_and_its_library(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        "name a file with -o"
        in run("summary", str(folder), "--format", "parquet", "--lang", "en").complaint()
    )
    monkeypatch.delitem(sys.modules, "amif_netcheck.desk.parquet", raising=False)
    monkeypatch.delattr(desk, "parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = run(
        "summary", str(folder), "--format", "parquet", "-o", str(folder / "x.parquet"), "--lang", "en"
    ).complaint()
    assert 'pip install "amif-netcheck[analytics]"' in said


def test_memory_does_not_grow_with_the_number_of_attendees() -> None:
    from amif_netcheck.desk import parquet  # noqa: PLC0415

    one = digest.decoded(
        b'{"schema_version": 1, "verdict": "ready", "checks": [], "coverage": 1, "facts": {}, "generated_at": ""}',
        "a.json",
        with_numbers=True,
    )
    assert isinstance(one, Digest)
    alive: list[int] = []

    def many() -> Iterator[Digest]:
        for number in range(45_000):
            if number % 15_000 == 14_999:
                alive.append(pa.total_allocated_bytes())
            yield one

    sink = io.BytesIO()
    assert parquet.write(many(), sink) == 45_000
    assert alive[-1] < 2 * alive[0] + 1_000_000
