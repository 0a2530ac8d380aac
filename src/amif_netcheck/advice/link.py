"""Words for `link`. The place of a fault decides what to do; the factor decides what it does to the meeting."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_CLOSER = N_(
    "Move closer to your box, in the same room if you can, or connect the computer to it with a cable."
)
_HOME = (
    _CLOSER,
    N_("Stay away from microwave ovens and thick walls while you are on Wi-Fi."),
    AGAIN,
)
_BEYOND = (
    N_(
        "Ask the people around you to stop videos, downloads and games during the meeting, and unplug the TV box."
    ),
    N_("Turn your box off, wait ten seconds, turn it on again, and wait until its lights are steady."),
    N_("If it goes on, call your Internet provider, or use your phone's connection for this meeting."),
    AGAIN,
)
_UNKNOWN = (
    _CLOSER,
    N_(
        "Ask the people around you to stop videos, downloads and games during the meeting, and unplug the TV box."
    ),
    AGAIN,
)
_BY_CABLE = (
    N_("Unplug the network cable at both ends and plug it in again until it clicks."),
    N_("If nothing changes, use another cable, or another socket of the box."),
)
_STEPS = {
    "home": _HOME,
    "beyond": _BEYOND,
    "": _UNKNOWN,
    "home_by_cable": (*_BY_CABLE, AGAIN),
    "by_cable": (*_BY_CABLE, *_UNKNOWN[1:]),
}
_SUMMARY_OF = {"home_by_cable": "home", "by_cable": ""}
"""Variants that say the same and advise something else."""

_FACTORS: dict[str, tuple[str, str, dict[str, str]]] = {
    "link.delay": (
        N_("You would be heard late"),
        N_("The others hear you late, and people talk over one another."),
        {
            "home": N_(
                "Your voice would need {value_ms} to reach the others (limit {limit_ms}, {source}), and most of it between this computer and your box."
            ),
            "beyond": N_(
                "Your voice would need {value_ms} to reach the others (limit {limit_ms}, {source}), and most of it beyond your box."
            ),
            "": N_("Your voice would need {value_ms} to reach the others (limit {limit_ms}, {source})."),
        },
    ),
    "link.latency": (
        N_("Answers take long"),
        N_("The others hear you late, and people talk over one another."),
        {
            "home": N_(
                "Between this computer and your box, answers take long: {value_ms} (limit {limit_ms}, {source})."
            ),
            "beyond": N_("Beyond your box, answers take long: {value_ms} (limit {limit_ms}, {source})."),
            "": N_("Answers take long: {value_ms} (limit {limit_ms}, {source})."),
        },
    ),
    "link.jitter": (
        N_("The pace is uneven"),
        N_("Sound and picture are held back to even it out: the others hear you late."),
        {
            "home": N_(
                "Between this computer and your box the pace is uneven: {value_ms} (limit {limit_ms}, {source})."
            ),
            "beyond": N_("Beyond your box the pace is uneven: {value_ms} (limit {limit_ms}, {source})."),
            "": N_("The pace is uneven: {value_ms} (limit {limit_ms}, {source})."),
        },
    ),
    "link.loss": (
        N_("Words would go missing"),
        N_("Words go missing and the picture freezes."),
        {
            "home": N_(
                "Between this computer and your box, {lost_pct} of what is sent gets lost: about {value_pct} of what you say would be missing (limit {limit_pct}, {source})."
            ),
            "beyond": N_(
                "Beyond your box, {lost_pct} of what is sent gets lost: about {value_pct} of what you say would be missing (limit {limit_pct}, {source})."
            ),
            "": N_(
                "{lost_pct} of what is sent gets lost: about {value_pct} of what is said would be missing (limit {limit_pct}, {source})."
            ),
        },
    ),
    "link.some_loss": (
        N_("Part of what is sent gets lost"),
        N_("Meeting programs make up for this much, but not for much more."),
        {
            "home": N_(
                "Between this computer and your box, {value_pct} gets lost (limit {limit_pct}, {source}); a meeting program can make up for it."
            ),
            "beyond": N_(
                "Beyond your box, {value_pct} gets lost (limit {limit_pct}, {source}); a meeting program can make up for it."
            ),
            "": N_(
                "{value_pct} of what is sent gets lost (limit {limit_pct}, {source}); a meeting program can make up for it."
            ),
        },
    ),
    "link.loss_burst": (
        N_("The connection drops for moments"),
        N_("For that long, nobody hears or sees you."),
        {
            "home": N_(
                "Between this computer and your box the connection dropped for {value_ms} (limit {limit_ms}, {source})."
            ),
            "beyond": N_(
                "Beyond your box the connection dropped for {value_ms} (limit {limit_ms}, {source})."
            ),
            "": N_("The connection dropped for {value_ms} (limit {limit_ms}, {source})."),
        },
    ),
}

_SPARE_DOWN = (
    N_(
        "Ask the people around you to stop videos, downloads and games during the meeting, and unplug the TV box."
    ),
    _CLOSER,
    N_("In the meeting, show the person who speaks instead of everybody at once."),
    N_("If it goes on, call your Internet provider, or use your phone's connection for this meeting."),
    AGAIN,
)
_SPARE_UP = (
    N_(
        "Pause backups and shared folders (OneDrive, Google Drive, iCloud…) on this computer and on the phones around."
    ),
    _CLOSER,
    N_("If the sound breaks up in the meeting, turn your camera off: your voice needs little."),
    N_("If it goes on, call your Internet provider, or use your phone's connection for this meeting."),
    AGAIN,
)


def _by_cable(steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps for a computer that is on a cable already."""
    return tuple(step for step in steps if step != _CLOSER)


_QUIET_DOWN = (
    N_(
        "Ask the people around you to stop videos, downloads and games during the meeting, and unplug the TV box."
    ),
)
_QUIET_UP = (
    N_(
        "Pause backups and shared folders (OneDrive, Google Drive, iCloud…) on this computer and on the phones around."
    ),
    N_("Ask the people around you to send no photos, films or large files during the meeting."),
)

WORDS: dict[str, FindingWords] = {
    "link.good": FindingWords(
        title=N_("The connection is good"),
        summary=N_(
            "The connection answers well: {rtt_ms} there and back, steady within {jitter_ms}, {loss_pct} lost."
        ),
    ),
    "link.good/rates": FindingWords(
        title=N_("The connection is good"),
        summary=N_(
            "The connection answers well: {rtt_ms} there and back, steady within {jitter_ms}, {loss_pct} lost; it carries {download_mbit_s} down and {upload_mbit_s} up."
        ),
    ),
    "link.good/graded": FindingWords(
        title=N_("The connection is good"),
        summary=N_(
            "The connection answers well: {rtt_ms} there and back, steady within {jitter_ms}, {loss_pct} lost; it carries {download_mbit_s} down and {upload_mbit_s} up, and answers {added_ms} later when somebody uses it up (grade {grade}, {grade_source})."
        ),
    ),
    "link.good/library": FindingWords(
        title=N_("The connection is good"),
        summary=N_(
            "The connection answers well: {rtt_ms} there and back, steady within {jitter_ms}, {loss_pct} lost; it carries {download_mbit_s} down and {upload_mbit_s} up, as measured by speedtest-cli, which may read too little above 400 Mbit/s."
        ),
    ),
    "link.download": FindingWords(
        title=N_("Little comes through"),
        summary=N_(
            "Your connection brings {value_mbit_s} that a meeting can count on (limit {limit_mbit_s}, {source})."
        ),
        meaning=N_("The others' pictures are blurred or stop, and their sound may break up."),
        steps=_SPARE_DOWN,
    ),
    "link.download/by_cable": FindingWords(
        title=N_("Little comes through"),
        summary=N_(
            "Your connection brings {value_mbit_s} that a meeting can count on (limit {limit_mbit_s}, {source})."
        ),
        meaning=N_("The others' pictures are blurred or stop, and their sound may break up."),
        steps=_by_cable(_SPARE_DOWN),
    ),
    "link.upload": FindingWords(
        title=N_("Little gets out"),
        summary=N_(
            "Your connection sends {value_mbit_s} that a meeting can count on (limit {limit_mbit_s}, {source})."
        ),
        meaning=N_("The others see you blurred or not at all, and your voice may break up."),
        steps=_SPARE_UP,
    ),
    "link.upload/by_cable": FindingWords(
        title=N_("Little gets out"),
        summary=N_(
            "Your connection sends {value_mbit_s} that a meeting can count on (limit {limit_mbit_s}, {source})."
        ),
        meaning=N_("The others see you blurred or not at all, and your voice may break up."),
        steps=_by_cable(_SPARE_UP),
    ),
    "link.load_down": FindingWords(
        title=N_("A download here holds up the meeting"),
        summary=N_(
            "When somebody at your place downloads something, you hear the others {value_s} later (limit {limit_s}, {source}; grade {grade}, {grade_source})."
        ),
        meaning=N_("A film or an update that starts during the meeting makes it falter."),
        steps=_QUIET_DOWN,
    ),
    "link.load_up": FindingWords(
        title=N_("Sending a file here holds up the meeting"),
        summary=N_(
            "When somebody at your place sends a file, you are heard {value_s} later (limit {limit_s}, {source}; grade {grade}, {grade_source})."
        ),
        meaning=N_("A backup or a phone that saves its photos during the meeting makes it falter."),
        steps=_QUIET_UP,
    ),
    "link.rates_unknown": FindingWords(
        title=N_("Download and upload could not be measured"),
        summary=N_("How much your connection carries could not be measured: no test server could be used."),
        meaning=N_("That is no proof of a bad connection: the network here may hold such tests back."),
        steps=(
            N_("Run this check again in a minute."),
            N_(
                "In an organisation, show this line to your IT desk, which can name a test server of its own (--speed-server)."
            ),
        ),
    ),
    "link.no_network": FindingWords(
        title=N_("No Internet connection"),
        summary=N_("This computer is not connected to the Internet."),
        meaning=N_("Without a connection you can't join the meeting."),
        steps=(
            N_(
                "Check that Wi-Fi is on and airplane mode is off, or that the network cable is plugged in at both ends."
            ),
            N_("Choose your Wi-Fi network again in the network menu."),
            N_("Check that your box is on; if it is, turn it off, wait ten seconds, and turn it on again."),
            AGAIN,
        ),
    ),
    "link.no_names": FindingWords(
        title=N_("Server names can't be found"),
        summary=N_(
            "The connection could not be measured: this computer can't find the servers' addresses (DNS)."
        ),
        meaning=N_("If web pages do not open either, you will not be able to join the meeting."),
        steps=(
            N_(
                "Open any web page. If it does not open, turn your box off, wait ten seconds, and turn it on again."
            ),
            N_(
                "If web pages open, nothing proves a fault: in an organisation, show this line to your IT desk."
            ),
        ),
    ),
    "link.no_answer": FindingWords(
        title=N_("The test servers did not answer"),
        summary=N_("The connection could not be measured from here: the test servers did not answer."),
        meaning=N_("That is no proof of a bad connection: a firewall may hold these messages back."),
        steps=(
            N_("Open any web page: if it opens, you will probably be able to join."),
            N_("In an organisation, show this line to your IT desk: UDP to the test servers seems closed."),
        ),
    ),
    "link.too_few": FindingWords(
        title=N_("Too few measurements to tell"),
        summary=N_("There was not enough time to judge the connection."),
        steps=(N_("Run this check again and let it finish; do not shorten it with --timeout."),),
    ),
    **{
        code if not place else f"{code}/{place}": FindingWords(
            title=title, summary=summary, meaning=meaning, steps=_STEPS[place]
        )
        for code, (title, meaning, summaries) in _FACTORS.items()
        for place in _STEPS
        for summary in (summaries[_SUMMARY_OF.get(place, place)],)
    },
}
