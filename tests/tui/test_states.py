"""The screens that are at one of several steps: which step follows which, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import SoundCue
from amif_netcheck.tui.screens.fix import _FOLLOWING, Step
from amif_netcheck.tui.sound_test_state import Phase, SoundTestState

LEGAL = {
    Phase.READY: "starting left",
    Phase.STARTING: "testing outcome ready left",
    Phase.TESTING: "testing outcome ready left",
    Phase.OUTCOME: "starting replaying left",
    Phase.REPLAYING: "outcome starting left",
    Phase.LEFT: "",
}


@pytest.mark.parametrize("before", Phase)
@pytest.mark.parametrize("after", Phase)
def test_a_phase_follows_or_nothing_is_changed(before: Phase, after: Phase) -> None:
    state = SoundTestState(with_echo=True, phase=before, cue=SoundCue.SPEAK)
    legal = after.value in LEGAL[before].split()
    assert state.go(after, SoundCue.LISTEN) is legal
    expected = (after, SoundCue.LISTEN) if legal else (before, SoundCue.SPEAK)
    assert (state.phase, state.cue) == expected
    assert legal or state.with_echo


@pytest.mark.parametrize("guess", [True, False])
@pytest.mark.parametrize("cues", [tuple(SoundCue), (SoundCue.SPEAK, SoundCue.LISTEN)])
def test_whether_it_is_listened_for_an_echo_is_known_after_the_first_step(
    guess: bool, cues: tuple[SoundCue, ...]
) -> None:
    state = SoundTestState(with_echo=guess)
    assert state.go(Phase.STARTING)
    for cue in cues:
        assert state.go(Phase.TESTING, cue)
        assert state.with_echo is (guess if cue is SoundCue.SPEAK else SoundCue.QUIET in cues)
    assert state.go(Phase.OUTCOME)
    assert state.go(Phase.REPLAYING, SoundCue.LISTEN)
    assert state.with_echo is (SoundCue.QUIET in cues)


@given(st.lists(st.tuples(st.sampled_from(Phase), st.sampled_from(SoundCue))))
def test_nothing_comes_after_the_screen_is_left(moves: list[tuple[Phase, SoundCue]]) -> None:
    state = SoundTestState(with_echo=False)
    assert state.go(Phase.LEFT)
    assert not any(state.go(*move) for move in moves)


def test_a_fix_is_only_done_from_a_question_that_can_have_been_read() -> None:
    assert {step for step, following in _FOLLOWING.items() if Step.DOING in following} == {Step.ANSWERABLE}
    assert {step for step, following in _FOLLOWING.items() if Step.ANSWERABLE in following} == {Step.ASKING}
    assert not _FOLLOWING[Step.LEFT]
    assert all(Step.LEFT in following for step, following in _FOLLOWING.items() if step is not Step.LEFT)
