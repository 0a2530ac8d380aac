"""The advice behind each check, which is the note's but for the camera, and what each check sends."""

from __future__ import annotations

from dataclasses import dataclass

from amif_netcheck.advice.language import N_


@dataclass(frozen=True)
class Tip:
    """`title` is a row's label; `tip` the advice; `sends` what leaves the machine for it."""

    title: str
    tip: str
    sends: str


TIPS: dict[str, Tip] = {
    "proximity": Tip(
        title=N_("Distance to the box"),
        tip=N_("Whatever your connection, fibre or Wi-Fi, stay as close to the source as you can."),
        sends=N_("Nothing; only the look-up of the meeting's name when --meeting gives one."),
    ),
    "traffic": Tip(
        title=N_("Other uses"),
        tip=N_("Make sure that few connections, or none, run beside the meeting."),
        sends=N_("Nothing; only the look-up of the meeting's name when --meeting gives one."),
    ),
    "neighbours": Tip(
        title=N_("Other devices"),
        tip=N_("Unplug TV boxes and connected objects that use the connection."),
        sends=N_(
            "The look-up of the meeting's name when --meeting gives one. On the local network only, for 4 seconds: a few questions to all devices (mDNS and SSDP), the descriptions of "
            "those that answer, and the byte counters of your box twice a second if it has any; with sweep = true in the "
            "settings, one empty message to each address of the subnet. Nothing with --offline: what this computer knows "
            "already is read."
        ),
    ),
    "vpn": Tip(
        title=N_("VPN"),
        tip=N_("Think of turning VPNs off when there are any."),
        sends=N_("Nothing; only the look-up of the meeting's name when --meeting gives one."),
    ),
    "firewall": Tip(
        title=N_("Firewalls and filters"),
        tip=N_("Firewalls and filters must let the meeting through."),
        sends=N_(
            "Up to three small messages over each IP version to each test server (STUN) and, when --meeting gives one, to the "
            "meeting's server on ports 3478 and 443 and wherever its service sends sound and picture; a few connections to the meeting's server, closed once it has proved who "
            "it is, and the same to www.mozilla.org and visio.numerique.gouv.fr where no meeting is given or where it does not answer as it "
            "should; to a Jitsi Meet also the question for its script config.js, and a greeting to its signalling; one page of detectportal.firefox.com; a connection to the --speed-server and to the proxy that is set up; an empty "
            "message that goes no further than your box; the look-up of all these names and of one that can't exist, and of a few "
            "from each name server by itself."
        ),
    ),
    "sound_apps": Tip(
        title=N_("Sound of applications"),
        tip=N_("Close the applications that use sound (Teams and the like)."),
        sends=N_("Nothing."),
    ),
    "apps": Tip(
        title=N_("State of the computer"),
        tip=N_("Close all other applications."),
        sends=N_("Nothing."),
    ),
    "headset": Tip(
        title=N_("Headset and microphone"),
        tip=N_("Use an external headset and microphone, or a hands-free kit."),
        sends=N_(
            "Nothing. With --sound-test the microphone is recorded for 3 seconds and played back; the recording never leaves this computer's memory."
        ),
    ),
    "camera": Tip(
        title=N_("Camera"),
        tip=N_("Have a camera that works and that nothing else uses (the note says nothing of cameras)."),
        sends=N_("Nothing. No picture is taken."),
    ),
    "link": Tip(
        title=N_("Internet connection"),
        tip=N_("Check that the connection is good enough for a call."),
        sends=N_(
            "50 small messages a second for the length of the check, to one public test server (STUN) and to your own box "
            "(pings, or else DNS questions, or else ten connections a second for 5 seconds); before that a few to each of "
            "the test servers, and the look-up of their names; where much gets lost, 2 seconds more to a second one. Then, "
            "but for --quick, up to 150 MB from and to a server of speedtest.net, which is asked for its servers first; when "
            "it fails, speed.cloudflare.com, or else the nearest of seven public LibreSpeed servers in Europe, which are all "
            "asked. With --speed-server all this goes to that one instead, and to the public ones only when it fails; where "
            "packets get lost, 40 kB more, to tell which way."
        ),
    ),
}
