"""What tests here need of the machine is looked at before they start."""

from __future__ import annotations

import pytest

from tests.wine import conftest


def test_pytest_itself_asks_for_what_a_real_test_needs(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = request.node
    called = [hook.function for hook in item.ihook.pytest_runtest_setup.get_hookimpls()]
    assert conftest.pytest_runtest_setup in called
    conftest.pytest_runtest_setup(item)  # without the mark nothing is asked for
    item.add_marker(pytest.mark.real("a program that nobody has"))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="a program that nobody has"):
        conftest.pytest_runtest_setup(item)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="a program that nobody has"):
        conftest.pytest_runtest_setup(item)
