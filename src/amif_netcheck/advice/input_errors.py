"""What was wrong with an input and what to do, by the code of an `InputError`."""

from __future__ import annotations

from amif_netcheck.advice import scenarios, settings_errors
from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.system_errors import why
from amif_netcheck.errors import InputError
from amif_netcheck.meeting.appointment import Appointment

WORDS: dict[str, str] = {
    **settings_errors.WORDS,
    **scenarios.INPUT_ERRORS,
    "no_server": N_("“{text}” is no server; write HOST:PORT, for example stun.example.org:3478"),
    "no_meeting": N_(
        "“{text}” is no meeting; give its link (https://…), its host name, or the file of its invitation (.ics)"
    ),
    "no_time_of_day": N_("“{text}” is no time of the day; write it as 14:30"),
    "no_page": N_(
        "“{text}” is no page to compare with; give its address, for example http://intranet.example/ok.txt"
    ),
    "no_speed_server": N_(
        "“{text}” is no test server; give its address, for example https://test.example.org:8443"
    ),
    "file_or_server": N_(
        "“{text}” is a file here, and may be a server’s name too; write ./{text} for the file, https://{text} for the server"
    ),
    "calendar_on_the_web": N_(
        "“{text}” is a calendar on the web, which is not fetched; save it as a file and give that, or give the meeting’s link"
    ),
    "invitation_in_settings": N_(
        "“{text}” is a file; here give the meeting’s link or its host name, and an invitation to --meeting"
    ),
    "invitation_without_link": N_(
        "{file}: no link is in it, so the way to the meeting is not checked; to have it checked: "
        "--meeting LINK --at HH:MM"
    ),
    "invitation_no_file": N_("{file}: not a file; give an invitation (.ics)"),
    "invitation_unreadable": N_(
        "{file}: can't be read ({reason}); check its name, or give the meeting’s link"
    ),
    "invitation_too_large": N_(
        "{file}: too large for an invitation; save this meeting alone, or give its link"
    ),
    "invitation_no_calendar": N_(
        "{file}: no invitation, and nothing in it says when or where a meeting is; save it again from the mail, "
        "or give the meeting’s link"
    ),
    "invitation_no_event": N_(
        "{file}: no meeting with a time is in it; save the invitation again, or give the meeting’s link"
    ),
    "invitation_broken_event": N_(
        "{file}: one event could not be read, and no other is to come; "
        "save the invitation again, or give the meeting’s link"
    ),
    "invitation_past": N_(
        "{file}: this meeting is over; use the invitation to the next one, or give the meeting’s link"
    ),
    "no_link_in_text": N_("there is no link to a meeting in this text; paste the link itself"),
    "meeting_past": N_(
        "{file}: this meeting is over ({when}); use the invitation to the next one, or give the meeting’s link"
    ),
    "invitation_cancelled": N_(
        "{file}: this meeting was cancelled; if another one replaces it, use its invitation or its link"
    ),
    "lookalike": N_(
        "Careful: {host} looks like {known}, and is another server; ask who invited you before you open the link"
    ),
    "wrapped_link": N_(
        "{text} only leads on to another server, and which one can't be read from its link; give the link that the invitation shows, "
        "or the meeting’s host name"
    ),
    "clock_behind": N_(
        "{file}: it says that it was sent later than it is now here; check this computer's date and time, "
        "as the time left may be wrong"
    ),
    "at_differs": N_("{file}: another time stands in it than --at says; --at holds"),
    "folder_past": N_("{file}: all meetings in this folder are over; give the invitation to the next one"),
    "folder_without_meeting": N_(
        "{file}: no file in this folder speaks of a meeting to come; give an invitation, or the meeting’s link"
    ),
    "invitation_endless": N_("{file}: it takes too long to read; save this meeting alone, or give its link"),
}
"""`{…}` are the error's params."""


def describe(error: InputError, language: Language) -> str:
    """The sentence for `error`; a param that is an exception is given as its sentence or its reason, an appointment as when it is."""
    params = {name: _param(value, language) for name, value in error.params.items()}
    return language.text(WORDS[error.code]).format(**params)


def _param(value: object, language: Language) -> object:
    if isinstance(value, InputError):
        return describe(value, language)
    if isinstance(value, Appointment):
        from amif_netcheck.advice.appointment import day_and_hours  # noqa: PLC0415 - most errors tell of none

        return day_and_hours(value, language)
    return why(value, language) if isinstance(value, Exception) else value
