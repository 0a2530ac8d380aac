"""Words for `firewall`: who vouches for the servers."""

from __future__ import annotations

from amif_netcheck.advice.firewall import CANNOT_JOIN, DESK, LINK, NOTHING_TO_DO, PHONE, PROXY_OFF_ON
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_INSPECTED_MEANING = N_("This inspection may slow sound and picture down, or keep the meeting from starting.")
_EXEMPT = N_(
    "Ask your IT desk to exempt the meeting's address from inspection; the report says who signs in its name."
)
_REFUSED_MEANING = N_("Your browser will show a warning or a page of its own in place of the meeting.")
_NO_TYPING = N_("Do not pass over the browser's warning: type no password there.")
_REFUSED_STEPS = (_NO_TYPING, _EXEMPT, PHONE, AGAIN)
_INSPECTED_TITLE = N_("The meeting is inspected on its way")
_INSPECTED_TITLE_ELSEWHERE = N_("Secure connections are inspected")

_SET_CLOCK = {
    "linux": (N_("Open Settings, “System”, “Date & Time”, and switch on “Automatic Date & Time”."),),
    "windows": (
        N_("Open Settings, “Time & language”, “Date & time”, and switch on “Set time automatically”."),
    ),
    "macos": (
        N_(
            "Open System Settings, “General”, “Date & Time”, and switch on “Set time and date automatically”."
        ),
    ),
}
_BY_ANOTHER_CLOCK = (N_("Until then, go by your phone's clock to join the meeting."),)

WORDS: dict[str, FindingWords] = {
    "firewall.meeting_inspected": FindingWords(
        title=_INSPECTED_TITLE,
        headline=N_("The meeting is inspected on its way"),
        summary=N_("Something on this network or computer opens and inspects the connection to the meeting."),
        meaning=_INSPECTED_MEANING,
        steps=(_EXEMPT, AGAIN),
    ),
    "firewall.meeting_inspected/named": FindingWords(
        title=_INSPECTED_TITLE,
        headline=N_("{product} inspects the meeting"),
        summary=N_("{product} opens and inspects the connection to the meeting."),
        meaning=_INSPECTED_MEANING,
        steps=(_EXEMPT, AGAIN),
    ),
    "firewall.meeting_inspected/refused": FindingWords(
        title=_INSPECTED_TITLE,
        headline=N_("The meeting is intercepted"),
        summary=N_(
            "Something intercepts the connection to the meeting, and this computer does not recognise it."
        ),
        meaning=_REFUSED_MEANING,
        steps=_REFUSED_STEPS,
    ),
    "firewall.meeting_inspected/named_refused": FindingWords(
        title=_INSPECTED_TITLE,
        headline=N_("{product} intercepts the meeting"),
        summary=N_(
            "{product} intercepts or blocks the connection to the meeting, and this computer does not recognise it."
        ),
        meaning=_REFUSED_MEANING,
        steps=_REFUSED_STEPS,
    ),
    "firewall.meeting_inspected/by_proxy": FindingWords(
        title=_INSPECTED_TITLE,
        headline=N_("The proxy intercepts the meeting"),
        summary=N_(
            "The proxy set up on this computer intercepts what passes between you and the meeting; without it, nobody does."
        ),
        meaning=_INSPECTED_MEANING,
        steps=(_EXEMPT, AGAIN),
        steps_on=PROXY_OFF_ON,
    ),
    "firewall.meeting_own_authority": FindingWords(
        title=N_("The meeting's certificate is your organisation's"),
        headline=N_("Certified by its own organisation"),
        summary=N_(
            "The meeting's server is certified by an organisation of its own, which this computer trusts."
        ),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.inspected_elsewhere": FindingWords(
        title=_INSPECTED_TITLE_ELSEWHERE,
        headline=N_("Secure connections are inspected"),
        summary=N_("Something on this network or computer opens and inspects secure connections."),
        steps=(_EXEMPT,),
    ),
    "firewall.inspected_elsewhere/named": FindingWords(
        title=_INSPECTED_TITLE_ELSEWHERE,
        headline=N_("{product} inspects connections"),
        summary=N_("{product} opens and inspects secure connections."),
        steps=(_EXEMPT,),
    ),
    "firewall.inspected_elsewhere/refused": FindingWords(
        title=_INSPECTED_TITLE_ELSEWHERE,
        headline=N_("Secure connections are intercepted"),
        summary=N_("Something intercepts secure connections, and this computer does not recognise it."),
        meaning=_REFUSED_MEANING,
        steps=_REFUSED_STEPS,
    ),
    "firewall.inspected_elsewhere/named_refused": FindingWords(
        title=_INSPECTED_TITLE_ELSEWHERE,
        headline=N_("{product} intercepts connections"),
        summary=N_(
            "{product} intercepts or blocks secure connections, and this computer does not recognise it."
        ),
        meaning=_REFUSED_MEANING,
        steps=_REFUSED_STEPS,
    ),
    "firewall.meeting_certificate_refused": FindingWords(
        title=N_("The meeting's server can't prove who it is"),
        headline=N_("The meeting can't prove who it is"),
        summary=N_(
            "The meeting's server can't prove who it is: your browser will warn you, or refuse to open it."
        ),
        meaning=CANNOT_JOIN,
        steps=(LINK, _NO_TYPING, DESK, PHONE),
    ),
    "firewall.certificates_refused": FindingWords(
        title=N_("Websites can't prove who they are"),
        headline=N_("Websites can't prove who they are"),
        summary=N_("The websites that answer here can't prove who they are: something may stand in between."),
        meaning=N_("The meeting may not open."),
        steps=(
            N_("Open any website in your browser: a login page may appear."),
            _NO_TYPING,
            DESK,
            PHONE,
        ),
    ),
    "firewall.clock_off": FindingWords(
        title=N_("The clock is off"),
        headline=N_("This computer's clock is off"),
        summary=N_("This computer's clock is {minutes} minutes off."),
        steps=_BY_ANOTHER_CLOCK,
        steps_on=_SET_CLOCK,
    ),
    "firewall.clock_off/slow": FindingWords(
        title=N_("The clock is off"),
        headline=N_("Clock {minutes} min slow"),
        summary=N_(
            "This computer's clock is {minutes} min slow: the meeting begins earlier than it looks here."
        ),
        steps=_BY_ANOTHER_CLOCK,
        steps_on=_SET_CLOCK,
    ),
    "firewall.clock_off/fast": FindingWords(
        title=N_("The clock is off"),
        headline=N_("Clock {minutes} min fast"),
        summary=N_("This computer's clock is {minutes} min fast: there is more time than it looks here."),
        steps=_BY_ANOTHER_CLOCK,
        steps_on=_SET_CLOCK,
    ),
    "firewall.clock_wrong": FindingWords(
        title=N_("The clock is wrong"),
        headline=N_("This computer's date or time is wrong"),
        summary=N_("This computer's date or time is wrong: secure websites, and so the meeting, won't open."),
        meaning=CANNOT_JOIN,
        steps=(N_("Check the time zone too."), AGAIN),
        steps_on=_SET_CLOCK,
    ),
}
