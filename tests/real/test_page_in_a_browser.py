"""Pages in Chromium: axe finds nothing in them, in light and in dark; a report has two pages on paper; nothing is wider than a telephone."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.real.conftest import AXE

pytestmark = pytest.mark.real("chromium", "pdfinfo", "axe-core")

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
RUN = """
<script>{axe}</script>
<pre id="axe-said"></pre>
<script>
document.querySelectorAll("details").forEach((each) => {{ each.open = true; }});
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
axe.run({{exclude: [["#axe-said"]]}}, {{resultTypes: ["violations", "incomplete"]}}).then((found) => {{
  const short = (rules) => rules.map((rule) => [rule.id, rule.nodes.slice(0, 3).map((node) => node.html)]);
  document.getElementById("axe-said").textContent = JSON.stringify({{
    found: short(found.violations), unsure: short(found.incomplete), passed: found.passes.length, wide,
  }});
}});
</script>
</body>
"""
LIGHT, DARK = "--blink-settings=preferredColorScheme=1", "--blink-settings=preferredColorScheme=0"


def chromium(folder: Path, *arguments: str) -> str:
    quiet = (
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    )
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder / 'profile'}",
    ]
    done = subprocess.run(
        [*command, *quiet, *arguments], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    return done.stdout


def program(*arguments: str) -> None:
    command = [sys.executable, "-m", "amif_netcheck", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode in {0, 1, 3, 4}, done.stderr


def axe(folder: Path, page: Path, *arguments: str) -> Any:
    """What axe says of a page, which is asked to let it in."""
    content = POLICY.sub("", page.read_text(encoding="utf-8"))
    script = AXE.read_text(encoding="utf-8").replace("</script", "<\\/script")
    looked_at = folder / "with-axe.html"
    looked_at.write_text(content.replace("</body>", RUN.format(axe=script)), encoding="utf-8")
    address = looked_at.as_uri()
    dumped = chromium(folder, "--virtual-time-budget=20000", *arguments, "--dump-dom", address)
    said = re.search(r'<pre id="axe-said">(.*?)</pre>', dumped, re.DOTALL)
    assert said
    assert said[1], "axe has not finished"
    return json.loads(html.unescape(said[1]))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of the worst and the best computer, a comparison, a summary."""
    folder = tmp_path_factory.mktemp("pages")
    for name in ("everything-wrong", "ready"):
        program(
            *("demo", name, "--lang", "fr", "--json", "-o", str(folder / f"{name}.json")),
            *("--html", str(folder / f"{name}.html")),
        )
    reports = [str(folder / f"{name}.json") for name in ("everything-wrong", "ready")]
    program("compare", *reports, "--lang", "en", "--html", str(folder / "compare.html"))
    program("summary", *reports, "--lang", "fr", "--html", str(folder / "summary.html"))
    return folder


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("everything-wrong", LIGHT),
        ("everything-wrong", DARK),
        ("ready", LIGHT),
        ("compare", DARK),
        ("summary", LIGHT),
    ],
)
def test_axe_finds_nothing(pages: Path, tmp_path: Path, name: str, look: str) -> None:
    said = axe(tmp_path, pages / f"{name}.html", "--window-size=1280,900", look)
    assert said["found"] == []
    assert said["passed"] > 15
    assert said["wide"] <= 0
    assert [rule for rule, _ in said["unsure"] if rule != "color-contrast"] == []


def test_axe_finds_what_is_wrong(pages: Path, tmp_path: Path) -> None:
    """Else it would not have looked."""
    spoilt = tmp_path / "spoilt.html"
    content = (pages / "ready.html").read_text(encoding="utf-8")
    spoilt.write_text(content.replace('<html lang="fr">', "<html>"), encoding="utf-8")
    assert [rule for rule, _ in axe(tmp_path, spoilt)["found"]] == ["html-has-lang"]


def test_a_report_takes_two_sheets_of_paper_at_most(pages: Path, tmp_path: Path) -> None:
    printed = tmp_path / "page.pdf"
    address = (pages / "everything-wrong.html").as_uri()
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={printed}", address)
    told = subprocess.run(["pdfinfo", str(printed)], capture_output=True, encoding="utf-8", check=True).stdout
    pages_ = re.search(r"^Pages:\s+(\d+)$", told, re.MULTILINE)
    assert pages_
    assert int(pages_[1]) <= 2
    assert "A4" in told


@pytest.mark.parametrize("name", ["everything-wrong", "compare", "summary"])
def test_nothing_is_wider_than_a_telephone(pages: Path, tmp_path: Path, name: str) -> None:
    """In a frame, as windows are 500 pixels wide at least."""
    outer = tmp_path / "outer.html"
    content = (pages / f"{name}.html").read_text(encoding="utf-8").replace('"', "&quot;")
    outer.write_text(
        f'<iframe srcdoc="{content}" style="width:375px;height:900px"></iframe><pre></pre><script>'
        "addEventListener('load', () => { const inner = document.querySelector('iframe').contentDocument.documentElement;"
        "document.querySelector('pre').textContent = `${inner.scrollWidth} ${inner.clientWidth}`; });</script>",
        encoding="utf-8",
    )
    dumped = chromium(tmp_path, "--virtual-time-budget=5000", "--dump-dom", outer.as_uri())
    said = re.search(r"<pre>(\d+) (\d+)</pre>", dumped)
    assert said
    assert int(said[1]) == int(said[2])
