"""Words for `link`. The place of a fault decides what to do; the factor decides what it does to the meeting."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, CALL_PROVIDER, RESTART_BOX, FindingWords

IN_A_MINUTE = N_("Run this check again in a minute.")
LET_IT_FINISH = N_("Run this check again and let it finish; do not shorten it with --timeout.")
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
    RESTART_BOX,
    CALL_PROVIDER,
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
_SAID_OF = {"home_by_cable": "home", "by_cable": ""}
"""Variants that say the same and advise something else."""

_FACTORS: dict[str, tuple[str, dict[str, str], str, dict[str, str]]] = {
    "link.delay": (
        N_("Voices would come late"),
        {
            "home": N_("Voices {value_ms} late, before the box"),
            "beyond": N_("Voices {value_ms} late, after the box"),
            "": N_("Voices {value_ms} late"),
        },
        N_("People hear one another late, and talk over one another."),
        {
            "home": N_("Voices would come {value_ms} late, mostly because of the way to your box."),
            "beyond": N_("Voices would come {value_ms} late, mostly because of the way beyond your box."),
            "": N_("Voices would come {value_ms} late."),
        },
    ),
    "link.latency": (
        N_("Answers take long"),
        {
            "home": N_("Slow answers: {value_ms}, before the box"),
            "beyond": N_("Slow answers: {value_ms}, after the box"),
            "": N_("Slow answers: {value_ms}"),
        },
        N_("People hear one another late, and talk over one another."),
        {
            "home": N_("Between this computer and your box, answers take long: {value_ms}."),
            "beyond": N_("Beyond your box, answers take long: {value_ms}."),
            "": N_("Answers take long: {value_ms}."),
        },
    ),
    "link.jitter": (
        N_("The pace is uneven"),
        {
            "home": N_("Uneven pace: {value_ms}, before the box"),
            "beyond": N_("Uneven pace: {value_ms}, after the box"),
            "": N_("Uneven pace: {value_ms}"),
        },
        N_("Sound and picture are held back to even it out: the others hear you late."),
        {
            "home": N_("Between this computer and your box, data arrives unevenly: {value_ms} apart."),
            "beyond": N_("Beyond your box, data arrives unevenly: {value_ms} apart."),
            "": N_("Data arrives unevenly: {value_ms} apart."),
        },
    ),
    "link.loss": (
        N_("Words would go missing"),
        {
            "home": N_("{lost_pct} of the data lost before the box"),
            "beyond": N_("{lost_pct} of the data lost after the box"),
            "": N_("{lost_pct} of the data gets lost"),
        },
        N_("Words go missing and the picture freezes."),
        {
            "home": N_("{lost_pct} of the data gets lost before your box: words will go missing."),
            "beyond": N_("{lost_pct} of the data gets lost beyond your box: words will go missing."),
            "": N_("{lost_pct} of the data gets lost: words will go missing."),
        },
    ),
    "link.some_loss": (
        N_("Part of what is sent gets lost"),
        {
            "home": N_("{value_pct} of the data lost before the box"),
            "beyond": N_("{value_pct} of the data lost after the box"),
            "": N_("{value_pct} of the data gets lost"),
        },
        N_("Meeting programs make up for this much, but not for much more."),
        {
            "home": N_(
                "{value_pct} of the data gets lost before your box; the meeting program makes up for it."
            ),
            "beyond": N_(
                "{value_pct} of the data gets lost beyond your box; the meeting program makes up for it."
            ),
            "": N_("{value_pct} of the data gets lost; the meeting program makes up for it."),
        },
    ),
    "link.loss_burst": (
        N_("The connection drops for moments"),
        {
            "home": N_("Dropped for {value_ms}, before the box"),
            "beyond": N_("Dropped for {value_ms}, after the box"),
            "": N_("Dropped for {value_ms}"),
        },
        N_("For that long, nobody hears or sees you."),
        {
            "home": N_("Between this computer and your box, the connection dropped for {value_ms}."),
            "beyond": N_("Beyond your box, the connection dropped for {value_ms}."),
            "": N_("The connection dropped for {value_ms}."),
        },
    ),
}

_SPARE_DOWN = (
    N_(
        "Ask the people around you to stop videos, downloads and games during the meeting, and unplug the TV box."
    ),
    _CLOSER,
    N_("In the meeting, show the person who speaks instead of everybody at once."),
    CALL_PROVIDER,
    AGAIN,
)
_SPARE_UP = (
    N_(
        "Pause backups and shared folders (OneDrive, Google Drive, iCloud…) on this computer and on the phones around."
    ),
    _CLOSER,
    N_("If the sound breaks up in the meeting, turn your camera off: your voice needs little."),
    CALL_PROVIDER,
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


def _late(*closer: str) -> FindingWords:
    return FindingWords(
        title=N_("Words would go missing"),
        headline=N_("{value_pct} of the sound comes too late"),
        summary=N_("{value_pct} of the sound comes too late to be played: words will go missing."),
        meaning=N_("Words go missing and the picture freezes."),
        steps=(*_QUIET_DOWN, _QUIET_UP[0], *closer, AGAIN),
    )


_CAMERA_OFF_TO_SHARE = N_("Nothing to do: while you share your screen, you may turn your camera off.")

WORDS: dict[str, FindingWords] = {
    "link.good": FindingWords(
        title=N_("The connection is good"),
        headline=N_("Good connection: answers in {rtt_ms}"),
        summary=N_("Good connection: it answers in {rtt_ms}."),
    ),
    "link.good/rates": FindingWords(
        title=N_("The connection is good"),
        headline=N_("{download_mbit_s} received, {upload_mbit_s} sent"),
        summary=N_("Good connection: {download_mbit_s} received, {upload_mbit_s} sent."),
    ),
    "link.good/graded": FindingWords(
        title=N_("The connection is good"),
        headline=N_("{download_mbit_s} received, {upload_mbit_s} sent"),
        summary=N_("Good connection: {download_mbit_s} received, {upload_mbit_s} sent."),
    ),
    "link.good/library": FindingWords(
        title=N_("The connection is good"),
        headline=N_("{download_mbit_s} received, {upload_mbit_s} sent"),
        summary=N_("Good connection: {download_mbit_s} received, {upload_mbit_s} sent."),
    ),
    "link.good/foretold": FindingWords(
        title=N_("You will be seen and heard well"),
        headline=N_("You will be seen and heard well"),
        summary=N_("You will be seen and heard well: {download_mbit_s} received, {upload_mbit_s} sent."),
    ),
    "link.loss/late": _late(_CLOSER),
    "link.loss/late_by_cable": _late(),
    "link.service_picture": FindingWords(
        title=N_("How you will be seen"),
        headline=N_("{service}: seen in {size} at most"),
        summary=N_("With {service} you will be seen in {size} at most; sharing the screen will work."),
        steps=(_CAMERA_OFF_TO_SHARE,),
    ),
    "link.service_picture/slow_sharing": FindingWords(
        title=N_("How you will be seen"),
        headline=N_("{service}: {size}, screen sharing slow"),
        summary=N_("With {service} you will be seen in {size}; sharing the screen will be slow."),
        steps=(_CAMERA_OFF_TO_SHARE,),
    ),
    "link.picture_still": FindingWords(
        title=N_("Your picture would stand still"),
        headline=N_("Your picture frozen {value_pct} of the time"),
        summary=N_("The others would see your picture stand still for {value_pct} of the time."),
        meaning=N_("The others see you jerk and freeze; your voice gets through better than your picture."),
        steps=_SPARE_UP,
    ),
    "link.picture_still/down": FindingWords(
        title=N_("The others' pictures would stand still"),
        headline=N_("Others' picture frozen {value_pct} of the time"),
        summary=N_("You would see the others' pictures stand still for {value_pct} of the time."),
        meaning=N_(
            "You see the others jerk and freeze; their voices get through better than their pictures."
        ),
        steps=_SPARE_DOWN,
    ),
    "link.picture_poor": FindingWords(
        title=N_("Your picture would be blurred"),
        headline=N_("Your picture blurred: {value_mbit_s}"),
        summary=N_("Your picture would be blurred: only {value_mbit_s} are left for it."),
        meaning=N_(
            "Turn your camera off if need be: your voice needs far less and gets through, your picture does not."
        ),
        steps=_SPARE_UP,
    ),
    "link.picture_poor/down": FindingWords(
        title=N_("The others' pictures would be blurred"),
        headline=N_("The others' picture blurred: {value_mbit_s}"),
        summary=N_("The others' pictures would be blurred: only {value_mbit_s} are left for them."),
        meaning=N_("You see the others small and blurred; their voices need far less and get through."),
        steps=_SPARE_DOWN,
    ),
    "link.download": FindingWords(
        title=N_("Little comes through"),
        headline=N_("Download {degree}: {value_mbit_s}"),
        summary=N_("The download speed is {degree}: {value_mbit_s} ({advised_mbit_s} advised)."),
        meaning=N_("The others' pictures are blurred or stop, and their sound may break up."),
        steps=_SPARE_DOWN,
    ),
    "link.download/by_cable": FindingWords(
        title=N_("Little comes through"),
        headline=N_("Download {degree}: {value_mbit_s}"),
        summary=N_("The download speed is {degree}: {value_mbit_s} ({advised_mbit_s} advised)."),
        meaning=N_("The others' pictures are blurred or stop, and their sound may break up."),
        steps=_by_cable(_SPARE_DOWN),
    ),
    "link.upload": FindingWords(
        title=N_("Little gets out"),
        headline=N_("Upload {degree}: {value_mbit_s}"),
        summary=N_("The upload speed is {degree}: {value_mbit_s} ({advised_mbit_s} advised)."),
        meaning=N_("The others see you blurred or not at all, and your voice may break up."),
        steps=_SPARE_UP,
    ),
    "link.upload/by_cable": FindingWords(
        title=N_("Little gets out"),
        headline=N_("Upload {degree}: {value_mbit_s}"),
        summary=N_("The upload speed is {degree}: {value_mbit_s} ({advised_mbit_s} advised)."),
        meaning=N_("The others see you blurred or not at all, and your voice may break up."),
        steps=_by_cable(_SPARE_UP),
    ),
    "link.load_down": FindingWords(
        title=N_("A download here holds up the meeting"),
        headline=N_("{value_s} late while others download"),
        summary=N_("When somebody at your place downloads something, you hear the others {value_s} later."),
        meaning=N_("A film or an update that starts during the meeting makes it falter."),
        steps=_QUIET_DOWN,
    ),
    "link.load_up": FindingWords(
        title=N_("Sending a file here holds up the meeting"),
        headline=N_("{value_s} late while others send files"),
        summary=N_("When somebody at your place sends a file, you are heard {value_s} later."),
        meaning=N_("A backup or a phone that saves its photos during the meeting makes it falter."),
        steps=_QUIET_UP,
    ),
    "link.rates_unknown": FindingWords(
        title=N_("Download and upload could not be measured"),
        headline=N_("The speed could not be measured"),
        summary=N_("How much your connection carries could not be measured: no test server could be used."),
        meaning=N_("That is no proof of a bad connection: the network here may hold such tests back."),
        steps=(
            IN_A_MINUTE,
            N_(
                "In an organisation, show this line to your IT desk, which can name a test server of its own (--speed-server)."
            ),
        ),
    ),
    "link.no_network": FindingWords(
        title=N_("No Internet connection"),
        headline=N_("No Internet connection"),
        summary=N_("This computer is not connected to the Internet."),
        meaning=N_("Without a connection you can't join the meeting."),
        steps=(
            N_(
                "Check that Wi-Fi is on and airplane mode is off, or that the network cable is plugged in at both ends."
            ),
            N_("Choose your Wi-Fi network again in the network menu."),
            N_("Check that your box is on."),
            RESTART_BOX,
            AGAIN,
        ),
    ),
    "link.no_names": FindingWords(
        title=N_("Server names can't be found"),
        headline=N_("Looking up addresses (DNS) fails"),
        summary=N_(
            "The connection could not be measured: this computer can't find the servers' addresses (DNS)."
        ),
        meaning=N_("If web pages do not open either, you will not be able to join the meeting."),
        steps=(
            N_(
                "Open any web page. If it opens, nothing proves a fault: in an organisation, show this line to your IT desk."
            ),
            RESTART_BOX,
        ),
    ),
    "link.no_answer": FindingWords(
        title=N_("The test servers did not answer"),
        headline=N_("The test servers do not answer"),
        summary=N_("The connection could not be measured from here: the test servers did not answer."),
        meaning=N_("That is no proof of a bad connection: a firewall may hold these messages back."),
        steps=(
            N_("Open any web page: if it opens, you will probably be able to join."),
            N_("In an organisation, show this line to your IT desk: UDP to the test servers seems closed."),
        ),
    ),
    "link.too_few": FindingWords(
        title=N_("Too few measurements to tell"),
        headline=N_("Too little time to tell"),
        summary=N_("There was not enough time to judge the connection."),
        steps=(LET_IT_FINISH,),
    ),
    **{
        code if not place else f"{code}/{place}": FindingWords(
            title=title,
            headline=headlines[_SAID_OF.get(place, place)],
            summary=summaries[_SAID_OF.get(place, place)],
            meaning=meaning,
            steps=_STEPS[place],
        )
        for code, (title, headlines, meaning, summaries) in _FACTORS.items()
        for place in _STEPS
    },
}
