"""The pictures of the app in README.md and LISEZMOI.md show what it shows today."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from tools import app_pictures

pytestmark = pytest.mark.timeout(400)

ROOT = app_pictures.FOLDER.parent.parent
LARGEST = 40_000
LARGEST_MOVING = 200_000


@pytest.mark.parametrize("language", app_pictures.LANGUAGES)
@pytest.mark.parametrize("picture", app_pictures.PICTURES, ids=lambda picture: picture.name)
async def test_the_pictures_are_of_today(picture: app_pictures.Picture, language: str) -> None:
    """Run `python -m tools.app_pictures` after changing a text, a rule or the look."""
    kept = app_pictures.path(picture, language).read_text(encoding="utf-8")
    assert await app_pictures.drawn(picture, language) == kept
    assert len(kept) < LARGEST
    assert not re.search(r"url\(|@import|href|<script", kept)
    texts = [each.text or "" for each in ET.fromstring(kept).iter("{http://www.w3.org/2000/svg}text")]
    assert len(texts) > 20


@pytest.mark.parametrize("language", app_pictures.LANGUAGES)
async def test_the_moving_picture_is_of_today_and_ends_on_the_answer(language: str) -> None:
    kept = app_pictures.run_path(language).read_text(encoding="utf-8")
    assert await app_pictures.animated(language) == kept
    assert len(kept) < LARGEST_MOVING
    assert not re.search(r"url\(|@import|href|<script", kept)
    assert "prefers-reduced-motion" in kept
    drawing = ET.fromstring(kept)
    space = "{http://www.w3.org/2000/svg}"
    texts = [each.text or "" for each in drawing.findall(f"{space}text")]
    assert any(" / 100" in text for text in texts), "what never moves is the last screen"
    assert len(drawing.findall(f"{space}g")) > 4


@pytest.mark.parametrize(("file", "language"), [("README.md", "en"), ("LISEZMOI.md", "fr")])
def test_each_readme_shows_those_of_its_language_with_words_for_who_can_not_see_them(
    file: str, language: str
) -> None:
    content = (ROOT / file).read_text(encoding="utf-8")
    shown = dict(re.findall(r"!\[([^\]]*)\]\((docs/pictures/[^)]+)\)", content))
    paths = [app_pictures.path(each, language) for each in app_pictures.PICTURES]
    named = {path.relative_to(ROOT).as_posix() for path in (*paths, app_pictures.run_path(language))}
    assert set(shown.values()) == named
    assert all(len(alt) > 30 for alt in shown)
