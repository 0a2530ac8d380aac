"""Every bad input has its sentence, in both languages, and every sentence its bad input."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from string import Formatter

import pytest

import amif_netcheck
from amif_netcheck.advice.input_errors import WORDS, describe
from amif_netcheck.advice.language import Language
from amif_netcheck.errors import InputError
from amif_netcheck.meeting.invitation import InvitationProblem

SOURCE = Path(amif_netcheck.__file__).parent
RAISED = re.compile(r"""InputError\(\s*"(\w+)"|_web_base\(text, "(\w+)"\)|"(settings\.(?!toml)\w+)\"""")
WORDED = "settings_errors.py"


def test_each_code_that_is_raised_has_words_and_no_other_has() -> None:
    sources = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if path.name != WORDED]
    raised = {code for source in sources for groups in RAISED.findall(source) for code in groups if code}
    raised |= {f"invitation_{problem.value}" for problem in InvitationProblem}
    assert raised == set(WORDS)


@pytest.mark.parametrize("code", WORDS)
def test_it_is_told_in_both_languages_with_what_was_typed(code: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(WORDS[code]) if name}
    params = {name: OSError(errno.EACCES, "x") if name == "reason" else f"<{name}>" for name in names}
    english, french = (describe(InputError(code, **params), Language(each)) for each in ("en", "fr"))
    assert english != french
    for name in names - {"reason"}:
        assert f"<{name}>" in english
        assert f"<{name}>" in french
    assert ("access is refused" in english) == ("reason" in names)
