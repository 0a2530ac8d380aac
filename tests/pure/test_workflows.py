"""GitHub's workflows ask for no more than they need; `.ci/run` has actionlint read them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def jobs(text: str) -> list[str]:
    """The text of each job."""
    after = text.partition("\njobs:\n")[2]
    return [part for part in re.split(r"(?m)^(?=  [\w-]+:\n)", after) if part.strip()]


def test_there_are_workflows() -> None:
    assert "tests.yml" in {path.name for path in WORKFLOWS}
    assert not [path for path in FOLDER.iterdir() if path.suffix != ".yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_alone_unless_a_job_says_why_not(path: Path) -> None:
    assert re.search(r"(?m)^permissions:\n  contents: read$", read(path))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_others_wrote_is_pinned_to_a_commit_with_its_version_beside_it(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", read(path))
    assert used
    for action, comment in used:
        assert action.startswith("./") or re.fullmatch(r"[\w/.-]+@[0-9a-f]{40}", action), action
        assert action.startswith("./") or re.fullmatch(r" +# v\d+(\.\d+)*", comment), action


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_job_has_a_deadline(path: Path) -> None:
    assert jobs(read(path))
    for job in jobs(read(path)):
        assert "timeout-minutes:" in job


def test_every_system_and_python_is_tried() -> None:
    text = read(FOLDER / "tests.yml")
    project = read(FOLDER.parents[1] / "pyproject.toml")
    pythons = re.findall(r"Python :: (3\.\d+)", project)
    assert re.search(r"python: \[(.*)\]", text)[1] == ", ".join(f'"{each}"' for each in pythons)  # type: ignore[index]
    assert {"ubuntu", "windows", "macos"} <= set(re.findall(r"(ubuntu|windows|macos)-\w+", text))
