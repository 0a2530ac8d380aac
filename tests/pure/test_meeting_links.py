"""The meeting's link among all links of an invitation."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.meeting.links import meeting_link
from amif_netcheck.meeting.wrapped_links import is_wrapped, unwrapped

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
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__us02web.zoom.us_j_123-3Fpwd-3Da-5Fb-2Dc&d=DwMFaQ&c=x", "https://us02web.zoom.us/j/123?pwd=a_b-c"),
        ("https://urldefense.proofpoint.com/v1/url?u=https://zoom.us/j/1&k=abc", "https://zoom.us/j/1"),
        ("https://urldefense.com/v3/__https://visio.example/a*b*c__;IyE!!ABC!d$", "https://visio.example/a#b!c"),
        ("https://urldefense.us/v3/__https://visio.example/a__;!!ABC!d$", "https://visio.example/a"),
        ("https://eu-west-1.protection.sophos.com/?d=zoom.us&u=aHR0cHM6Ly96b29tLnVzL2ovMQ==&i=x", "https://zoom.us/j/1"),
        ("https://secure-web.cisco.com/1abcDEF/https%3A%2F%2Fzoom.us%2Fj%2F1", "https://zoom.us/j/1"),
        ("https://antiphishing.vadesecure.com/v4?f=x&u=https%3A//zoom.us/j/1&i=y", "https://zoom.us/j/1"),
        ("https://urldefense.proofpoint.com/v2/url?d=x", "https://urldefense.proofpoint.com/v2/url?d=x"),
        ("https://eu.protection.sophos.com/?u=%ff", "https://eu.protection.sophos.com/?u=%ff"),
        ("https://url.avanan.click/v2/___https://zoom.us/j/1?pwd=a_b___.YXAzOm1haXJp", "https://zoom.us/j/1?pwd=a_b"),
        ("https://protect.checkpoint.com/v2/r02/___https://zoom.us/j/1___.YXAz", "https://zoom.us/j/1"),
        ("https://scanmail.trustwave.com/?c=1&d=2&u=https%3a%2f%2fzoom.us%2fj%2f1", "https://zoom.us/j/1"),
        ("https://atpscan.global.hornetsecurity.com/?d=x&u=https%3A%2F%2Fzoom.us%2Fj%2F1", "https://zoom.us/j/1"),
        ("https://deref-gmx.net/mail/client/a/dereferrer/?redirectUrl=https%3A%2F%2Fzoom.us%2Fj%2F1", "https://zoom.us/j/1"),
        ("https://deref-web.de/mail/client/a/dereferrer/?redirectUrl=https%3A%2F%2Fzoom.us%2Fj%2F1", "https://zoom.us/j/1"),
        ("https://linkscan.io/scan/ux/aHR0cHM6Ly96b29tLnVzL2ovMQ==/ABCDEF?c=1&i=1", "https://zoom.us/j/1"),
        ("https://www.google.fr/url?q=https://zoom.us/j/1", "https://zoom.us/j/1"),
        ("https://www.google.com/url?rct=j&url=https://zoom.us/j/1", "https://zoom.us/j/1"),
        ("https://www.google.com/search?q=https://zoom.us/j/1", "https://www.google.com/search?q=https://zoom.us/j/1"),
        ("https://meet.google.com/linkredirect?authuser=0&dest=https%3A%2F%2Fzoom.us%2Fj%2F1", "https://zoom.us/j/1"),
        (f"{SAFE}?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%3A%2F%2Fzoom.us%2Fj%2F1", "https://zoom.us/j/1"),
    ],
)  # fmt: skip
def test_what_mail_filters_wrap_is_unwrapped_without_asking_them(link: str, inner: str) -> None:
    assert unwrapped(link) == inner


OWN = "https://live.mairie.example/salle"


@pytest.mark.parametrize(
    "link",
    [
        "https://protect-eu.mimecast.com/s/abcd?domain=zoom.us",
        "https://url.uk.m.mimecastprotect.com/s/abc",
        "https://abc.r.ag.d.sendibt3.com/tr/cl/xyz",
        "https://mairie.us1.list-manage.com/track/click?u=1",
        "https://bit.ly/3abc",
        "https://tinyurl.com/abc",
        "https://urlz.fr/abc",
        "https://lnkd.in/abc",
        "https://atpscan.global.hornetsecurity.com/index.php?atp_str=abc",
    ],
)
def test_what_only_leads_on_comes_after_any_other_link(link: str) -> None:
    assert is_wrapped(unwrapped(link))
    assert meeting_link([], [], [f"Rejoindre {link} ou rejoindre {OWN}"]) == OWN


@pytest.mark.parametrize(
    "link",
    ["https://meet.google.com/abc-defg-hij", "https://www.google.com/search?q=a", "https://rabbit.lyon.fr/a"],
)
def test_others_lead_on_to_nothing(link: str) -> None:
    assert not is_wrapped(link)


@pytest.mark.parametrize("times", [5, 8])
def test_a_link_that_five_filters_have_wrapped_is_unwrapped(times: int) -> None:
    link = "https://zoom.us/j/1"
    for turn in range(times):
        wrapper = ("https://www.google.com/url?q=", f"{SAFE}?url=", "https://linkprotect.cudasvc.com/url?a=")[
            turn % 3
        ]
        link = wrapper + quote(link, safe="")
    assert unwrapped(link) == "https://zoom.us/j/1"
    for _ in range(9):
        link = f"{SAFE}?url={quote(link, safe='')}"[:100_000]
    assert unwrapped(link).startswith("https://")


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
        ([], ["En visioconférence : visio.mairie.example/salle"], "https://visio.mairie.example/salle"),
        ([], ["Lien : bbb.ecole.example/b/x."], "https://bbb.ecole.example/b/x"),
        ([], ["La visio.merci de lire conf.pdf, contact@visio.mairie.example"], ""),
        ([], ["https://a.example/1 Rejoindre la visioconférence https://live.b.example/x"], "https://live.b.example/x"),
        ([], ["Rejoindre la réunion :\nhttps://live.b.example/x\nPlan : https://a.example/1"], "https://live.b.example/x"),
        ([], ["Join the meeting: https://live.b.example/x. More: https://a.example/1"], "https://live.b.example/x"),
        ([], ["Les documents sont là : https://a.example/1. Pour participer : https://live.b.example/x"], "https://live.b.example/x"),
        ([], ["Voir dans le navigateur https://a.example/1"], ""),
        ([], ["Voir dans le navigateur https://a.example/1 Se désinscrire https://a.example/2"], ""),
        ([], ["À l'aide du lien suivant : https://live.b.example/x"], "https://live.b.example/x"),
        ([], ["Ordre du jour : https://drive.a.example/1\nRejoindre : https://live.b.example/x"], "https://live.b.example/x"),
        ([], ["Lien : https://live.b.example/x et notre page https://www.facebook.com/mairie"], "https://live.b.example/x"),
        ([], ["www.conference-des-maires.example, lien : https://live.b.example/x"], "https://live.b.example/x"),
        ([], ["https://live.b.example/x (lien de connexion)\nhttps://www.a.example"], "https://live.b.example/x"),
        ([], ["Webinaire : https://live.b.example/x\nSite : https://www.a.example"], "https://live.b.example/x"),
        ([], ["Compte rendu de la réunion : https://a.example/1\nLien : https://live.b.example/x"], "https://live.b.example/x"),
        ([], ["Lien : https://https://zoom.us/j/1"], "https://zoom.us/j/1"),
        ([], ["Réunion en ligne : https://live.b.example/x"], "https://live.b.example/x"),
        ([], ["Rejoindre la visio : https://protect-eu.mimecast.com/s/abc\n\nMairie\nhttps://www.mairie.example"], "https://protect-eu.mimecast.com/s/abc"),
    ],
)  # fmt: skip
def test_hosts_known_for_meetings_come_first(named: list[str], told: list[str], link: str) -> None:
    assert meeting_link([], named, told) == link


@pytest.mark.parametrize(
    ("own", "beside"),
    [
        ("https://us02web.zoom.us/j/123", "https://zoom.us/download"),
        ("https://us02web.zoom.us/j/123", "https://us02web.zoom.us/u/kabc"),
        ("https://us02web.zoom.us/j/123", "https://zoom.us/join"),
        ("https://us02web.zoom.us/j/123", "https://zoom.us/"),
        ("https://us02web.zoom.us/j/123", "https://zoom.us/zoomconference?m=abc"),
        ("https://us02web.zoom.us/my/mairie", "https://us02web.zoom.us/account/settings"),
        ("https://teams.microsoft.com/l/meetup-join/19%3a/0", "https://teams.microsoft.com/meetingOptions/?organizerId=1"),
        ("https://teams.microsoft.com/meet/123?p=a", "https://dialin.teams.microsoft.com/1?id=2"),
        ("https://teams.microsoft.com/meet/123?p=a", "https://teams.microsoft.com/downloads"),
        ("https://departement.webex.com/departement/j.php?MTID=m1", "https://departement.webex.com/departement/globalcallin.php?MTID=m2"),
        ("https://departement.webex.com/meet/jean.dupont", "https://www.webex.com/downloads.html"),
        ("https://meet.google.com/abc-defg-hij", "https://meet.google.com/tel/abc"),
        ("https://visio.numerique.gouv.fr/abc-defg-hij", "https://visio.numerique.gouv.fr/aide"),
        ("https://visio.mairie.example/b/abc", "https://visio.mairie.example/help"),
        ("https://rencontre.departement.example/abc", "https://zoom.us/download"),
    ],
)  # fmt: skip
def test_a_meetings_own_link_comes_before_help_and_settings(own: str, beside: str) -> None:
    for text in (f"{beside} {own}", f"{own} {beside}", f"Aide : {beside}.\nRejoindre : <{own}>"):
        assert meeting_link([], [], [text]) == own
    assert meeting_link([], [beside], [own]) == own
    assert meeting_link([own], [beside], [beside]) == own


def test_a_field_for_the_meetings_link_alone_comes_first() -> None:
    link = "https://rencontre.departement.example/abc"
    assert meeting_link([link], ["https://zoom.us/j/1"], ["https://visio.example/x"]) == link
    assert (
        meeting_link(["", "FALSE", "tel:+33199000000"], [], ["https://visio.example/x"])
        == "https://visio.example/x"
    )


@given(st.lists(st.text(alphabet="htps:/.?=&%<>[]@ azé\n", max_size=60)), st.lists(st.text(max_size=60)))
def test_any_text_gives_a_link_or_none(named: list[str], told: list[str]) -> None:
    link = meeting_link([], named, told)
    assert link == "" or link.lower().startswith(("http://", "https://"))
