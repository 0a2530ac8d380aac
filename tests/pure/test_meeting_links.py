"""The meeting's link among all links of an invitation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.meeting.links import meeting_link, unwrapped

SAFE = "https://eur03.safelinks.protection.outlook.com/"


@pytest.mark.parametrize(
    ("link", "inner"),
    [
        ("https://visio.example/a", "https://visio.example/a"),
        (f"{SAFE}ap/t-59584e83/?url=https%3A%2F%2Fzoom.us%2Fj%2F1%3Fpwd%3Dx&data=05&reserved=0", "https://zoom.us/j/1?pwd=x"),
        (f"{SAFE}?data=05", f"{SAFE}?data=05"),
        (f"{SAFE}?{'a=b&' * 60}url=https%3A%2F%2Fzoom.us", f"{SAFE}?{'a=b&' * 60}url=https%3A%2F%2Fzoom.us"),
        (f"{SAFE}?url=javascript%3Aalert(1)", f"{SAFE}?url=javascript%3Aalert(1)"),
        ("https://urldefense.com/v3/__https://zoom.us/j/1?pwd=x__;!!ABC!d-e$", "https://zoom.us/j/1?pwd=x"),
        ("https://www.google.com/url?q=https://meet.jit.si/Salle&sa=D", "https://meet.jit.si/Salle"),
        ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fvisio.example%2fb&c=E,1", "https://visio.example/b"),
        ("https://evil.example/?url=https%3A%2F%2Fzoom.us", "https://evil.example/?url=https%3A%2F%2Fzoom.us"),
        (f"{SAFE}?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%3A%2F%2Fzoom.us%2Fj%2F1", "https://zoom.us/j/1"),
    ],
)  # fmt: skip
def test_what_mail_filters_wrap_is_unwrapped_without_asking_them(link: str, inner: str) -> None:
    assert unwrapped(link) == inner


@pytest.mark.parametrize(
    ("named", "told", "link"),
    [
        ([], [], ""),
        (["Salle du conseil"], ["Bonjour"], ""),
        (["https://a.example/x"], ["https://zoom.us/j/1."], "https://zoom.us/j/1"),
        (["https://a.example/x"], ["(https://visio.a.example/x)"], "https://visio.a.example/x"),
        (["https://a.example/x"], ["https://b.example"], "https://a.example/x"),
        ([], ["https://b.example/1 and https://b.example/2"], "https://b.example/1"),
        ([], ["https://b.example/1 and https://c.example/2"], ""),
        (["meet.jit.si/Salle"], [], "https://meet.jit.si/Salle"),
        (["mairie.example/Salle"], [], ""),
        (["contact@zoom.us"], [], ""),
        ([], ["https://support.zoom.us/hc https://dialin.teams.microsoft.com/1 https://zoom.us/j/2"], "https://zoom.us/j/2"),
        ([], ['<a href="https://zoom.us/j/1?a=b&amp;c=d">ici</a>'], "https://zoom.us/j/1?a=b&c=d"),
        ([], ["https://notzoom.us.example/ https://x.example/"], ""),
        ([], ["Lien<https://bbb.collectivite.example/b/abc>"], "https://bbb.collectivite.example/b/abc"),
        (["tel:+33199000000"], [], ""),
        (["https://[", "http://"], [], ""),
    ],
)  # fmt: skip
def test_hosts_known_for_meetings_come_first(named: list[str], told: list[str], link: str) -> None:
    assert meeting_link([], named, told) == link


@given(st.lists(st.text(alphabet="htps:/.?=&%<>[]@ azé\n", max_size=60)), st.lists(st.text(max_size=60)))
def test_any_text_gives_a_link_or_none(named: list[str], told: list[str]) -> None:
    link = meeting_link([], named, told)
    assert link == "" or link.lower().startswith(("http://", "https://"))
