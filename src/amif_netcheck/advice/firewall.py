"""Words for `firewall`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_DESK = N_("If you are on your organisation's network, send this report to your IT desk.")
_PHONE = N_("Without an IT desk at hand, use your phone's connection for this meeting.")
_LINK = N_("Check the meeting's link: open it in your browser.")
_OUT_OF_REACH = (_LINK, _DESK, _PHONE, AGAIN)
_OTHER_KIND = (
    N_(
        "Ask the organiser for a link with a name in it instead of numbers, or for one that is reached both ways."
    ),
    _PHONE,
    _DESK,
    AGAIN,
)
_TELL_ORGANISER = N_("Tell the meeting's organiser; others may be unable to join too.")
_VPN = N_("If a VPN is on, turn it off and try again; leave your security program on.")
_CANNOT_JOIN = N_("You could not join the meeting from here.")
_INSPECTED_MEANING = N_(
    "What opens the meeting's messages may slow sound and picture down, or keep the meeting from starting."
)
_EXEMPT = N_(
    "Ask your IT desk to exempt the meeting's address from inspection; the report says who signs in its name."
)
_REFUSED_MEANING = N_("Your browser will show a warning or a page of its own in place of the meeting.")
_PROXY_OFF = N_("Away from your organisation, turn the proxy off in your network settings.")
_MAY_NOT_OPEN = N_("Your browser goes through this proxy, and may not open the meeting.")
_NO_TYPING = N_("Do not pass over the browser's warning: type no password there.")
_REFUSED_STEPS = (_NO_TYPING, _EXEMPT, _PHONE, AGAIN)
_WEBSITE_WILL_TELL = N_("Open any website in your browser. If it does not open, restart your box.")
_INSPECTED_TITLE = N_("The meeting is inspected on its way")
_INSPECTED_TITLE_ELSEWHERE = N_("Secure connections are inspected")
_NAME_SERVERS = (
    N_("Open the meeting a few minutes early."),
    N_("Set this connection's name servers (DNS) to automatic in your network settings."),
    _DESK,
)
_NOTHING_TO_DO = N_("Nothing to do: your IT desk can see the details in the report.")

WORDS: dict[str, FindingWords] = {
    "firewall.open": FindingWords(
        title=N_("Nothing stands in the way"),
        summary=N_("Sound and picture can leave this network freely."),
    ),
    "firewall.captive_portal": FindingWords(
        title=N_("This network waits for you to log in"),
        summary=N_("This network shows its own login page in place of the Internet."),
        meaning=N_("Until you have logged in, you can't join the meeting."),
        steps=(
            N_("Open your browser: the login page appears. If it does not, go to http://neverssl.com."),
            N_("Log in, or accept the conditions."),
            AGAIN,
        ),
    ),
    "firewall.sending_forbidden": FindingWords(
        title=N_("This computer lets nothing out"),
        summary=N_(
            "This computer itself forbids every connection: a VPN's protection, or a security program."
        ),
        meaning=_CANNOT_JOIN,
        steps=(
            N_(
                "If you use a VPN, connect it again, or turn off its option that blocks the Internet without it."
            ),
            N_("Without a VPN, look in your security program (firewall) for what it blocks."),
            _DESK,
            AGAIN,
        ),
    ),
    "firewall.large_packets_lost": FindingWords(
        title=N_("Large messages get lost on the way"),
        summary=N_(
            "Small messages get through here, large ones vanish: pages hang, and the meeting may not open."
        ),
        meaning=N_("The meeting's page begins to open and stays empty, or sound and picture never come."),
        steps=(
            _VPN,
            _PHONE,
            N_(
                "Send this report to your IT desk or your Internet provider: it says which size of message (MTU) gets through."
            ),
            AGAIN,
        ),
    ),
    "firewall.meeting_forbidden": FindingWords(
        title=N_("The meeting's address is blocked"),
        summary=N_("This network, or this computer, forbids access to the meeting."),
        meaning=_CANNOT_JOIN,
        steps=(
            _VPN,
            _DESK,
            _PHONE,
            AGAIN,
        ),
    ),
    "firewall.meeting_refused": FindingWords(
        title=N_("The meeting's address refuses"),
        summary=N_("The meeting's server refuses the connection: it is blocked here, or it is down."),
        meaning=_CANNOT_JOIN,
        steps=_OUT_OF_REACH,
    ),
    "firewall.meeting_refused/all_closed": FindingWords(
        title=N_("Secure websites are blocked"),
        summary=N_(
            "The meeting's server refuses the connection, and so do well-known websites: this network blocks them."
        ),
        meaning=_CANNOT_JOIN,
        steps=(_VPN, _DESK, _PHONE, AGAIN),
    ),
    "firewall.meeting_silent": FindingWords(
        title=N_("The meeting's address does not answer"),
        summary=N_(
            "The meeting's server does not answer, while others do: it is blocked here, or it is down."
        ),
        meaning=_CANNOT_JOIN,
        steps=_OUT_OF_REACH,
    ),
    "firewall.meeting_silent/all_closed": FindingWords(
        title=N_("Secure websites are blocked"),
        summary=N_(
            "Neither the meeting nor well-known websites answer here: this network seems to block them."
        ),
        meaning=_CANNOT_JOIN,
        steps=(_VPN, _DESK, _PHONE, AGAIN),
    ),
    "firewall.meeting_cut": FindingWords(
        title=N_("The connection to the meeting is broken off"),
        summary=N_("The connection to the meeting is broken off as soon as it begins: something filters it."),
        meaning=_CANNOT_JOIN,
        steps=_OUT_OF_REACH,
    ),
    "firewall.meeting_cut/all_closed": FindingWords(
        title=N_("Secure websites are blocked"),
        summary=N_(
            "Connections to the meeting and to well-known websites are broken off: something filters them."
        ),
        meaning=_CANNOT_JOIN,
        steps=(_VPN, _DESK, _PHONE, AGAIN),
    ),
    "firewall.meeting_no_name": FindingWords(
        title=N_("The meeting's address is unknown"),
        summary=N_("Nobody knows the meeting's address, while others are known."),
        meaning=_CANNOT_JOIN,
        steps=(N_("Check the meeting's link, letter by letter, in your invitation."), _DESK, _PHONE, AGAIN),
    ),
    "firewall.meeting_no_name/failed": FindingWords(
        title=N_("The meeting's address can't be found"),
        summary=N_(
            "Looking for the meeting's address fails, while others are found: its organiser may have a fault."
        ),
        meaning=_CANNOT_JOIN,
        steps=(
            N_("Check the meeting's link, letter by letter, in your invitation."),
            _TELL_ORGANISER,
            _PHONE,
            AGAIN,
        ),
    ),
    "firewall.meeting_name_silent": FindingWords(
        title=N_("Could not be checked"),
        summary=N_(
            "Check impossible: nobody says in time where the meeting's address is, while others are found."
        ),
        steps=(_LINK, _TELL_ORGANISER, AGAIN),
    ),
    "firewall.meeting_no_route": FindingWords(
        title=N_("The meeting is out of this network's reach"),
        summary=N_("The meeting's address is of a kind that this network does not carry."),
        meaning=_CANNOT_JOIN,
        steps=_OTHER_KIND,
    ),
    "firewall.meeting_no_route/ipv4": FindingWords(
        title=N_("The meeting is out of this network's reach"),
        summary=N_(
            "The meeting's address is of the usual kind (IPv4), and this network carries only the new one (IPv6)."
        ),
        meaning=_CANNOT_JOIN,
        steps=_OTHER_KIND,
    ),
    "firewall.meeting_no_route/ipv6": FindingWords(
        title=N_("The meeting is out of this network's reach"),
        summary=N_(
            "The meeting's address is of the new kind (IPv6), and this network carries only the usual one (IPv4)."
        ),
        meaning=_CANNOT_JOIN,
        steps=_OTHER_KIND,
    ),
    "firewall.meeting_sunk": FindingWords(
        title=N_("The meeting's address is filtered"),
        summary=N_("A filter makes the meeting's address lead nowhere."),
        meaning=_CANNOT_JOIN,
        steps=(
            N_("If you have a filter against advertising, or parental control, allow the meeting's address."),
            _DESK,
            _PHONE,
            AGAIN,
        ),
    ),
    "firewall.meeting_refused_by_proxy": FindingWords(
        title=N_("Your organisation's proxy refuses the meeting"),
        summary=N_("The Internet is reached through a proxy here, and it refuses access to the meeting."),
        meaning=_CANNOT_JOIN,
        steps=(_DESK, _PHONE, AGAIN),
    ),
    "firewall.meeting_refused_by_proxy/failed": FindingWords(
        title=N_("The proxy can't reach the meeting"),
        summary=N_(
            "The Internet is reached through a proxy here, and it does not get through to the meeting."
        ),
        meaning=_CANNOT_JOIN,
        steps=(_LINK, _PROXY_OFF, _DESK, _PHONE, AGAIN),
    ),
    "firewall.proxy_in_the_way": FindingWords(
        title=N_("A proxy stands in the way"),
        summary=N_(
            "The proxy set up on this computer refuses access to the meeting, which would answer without it."
        ),
        meaning=_MAY_NOT_OPEN,
        steps=(
            _PROXY_OFF,
            _DESK,
            AGAIN,
        ),
    ),
    "firewall.proxy_in_the_way/failed": FindingWords(
        title=N_("A proxy stands in the way"),
        summary=N_(
            "The proxy set up on this computer does not get through to the meeting, which would answer without it."
        ),
        meaning=_MAY_NOT_OPEN,
        steps=(
            _PROXY_OFF,
            _DESK,
            AGAIN,
        ),
    ),
    "firewall.proxy_dead": FindingWords(
        title=N_("The proxy does not answer"),
        summary=N_("The proxy set up on this computer ({server}) does not answer."),
        meaning=_MAY_NOT_OPEN,
        steps=(_PROXY_OFF, _DESK, AGAIN),
    ),
    "firewall.proxy_dead/no_name": FindingWords(
        title=N_("The proxy does not exist here"),
        summary=N_("The name of the proxy set up on this computer ({server}) is unknown here."),
        meaning=_MAY_NOT_OPEN,
        steps=(_PROXY_OFF, _DESK, AGAIN),
    ),
    "firewall.proxy_password": FindingWords(
        title=N_("Could not be checked"),
        summary=N_("Check impossible: the proxy asks who you are, which only your browser can answer."),
        steps=(_LINK, _PROXY_OFF, _DESK),
    ),
    "firewall.proxy_unspoken": FindingWords(
        title=N_("Could not be checked"),
        summary=N_("Check impossible: a proxy is set up on this computer that only your browser can use."),
        steps=(_LINK, _DESK),
    ),
    "firewall.web_blocked": FindingWords(
        title=N_("Web servers are out of reach"),
        summary=N_("Well-known websites do not answer from here, while other things do."),
        meaning=N_("The meeting may not open."),
        steps=(
            N_("Run this check again with your meeting's link: amif-netcheck --meeting LINK."),
            _DESK,
            _PHONE,
        ),
    ),
    "firewall.web_unknown": FindingWords(
        title=N_("Could not be checked"),
        summary=N_("Check impossible: the website asked to compare with does not answer."),
        steps=(N_("Run this check again with your meeting's link: amif-netcheck --meeting LINK."), _DESK),
    ),
    "firewall.nothing_answers": FindingWords(
        title=N_("Could not be checked"),
        summary=N_("Check impossible: nothing on the Internet answers."),
        steps=(
            _WEBSITE_WILL_TELL,
            _DESK,
            AGAIN,
        ),
    ),
    "firewall.nothing_answers/by_script": FindingWords(
        title=N_("Could not be checked"),
        summary=N_("Check impossible: nothing answers, and only your browser can ask this network's proxy."),
        steps=(_LINK, _DESK, AGAIN),
    ),
    "firewall.no_names": FindingWords(
        title=N_("Could not be checked"),
        summary=N_("Check impossible: this network can't find any address on the Internet."),
        steps=(
            _WEBSITE_WILL_TELL,
            _DESK,
            AGAIN,
        ),
    ),
    "firewall.udp_blocked": FindingWords(
        title=N_("The fast way for sound and picture is closed"),
        summary=N_(
            "This network holds back the fast way for sound and picture; the meeting will work, less well."
        ),
        meaning=N_(
            "Sound and picture take a slower way: they may lag or freeze as soon as the line is busy."
        ),
        steps=(
            _VPN,
            N_(
                "On your organisation's network, ask your IT desk to let videoconferences out (UDP); the report says which ports."
            ),
            _PHONE,
            AGAIN,
        ),
    ),
    "firewall.udp_unknown": FindingWords(
        title=N_("Could not be checked"),
        summary=N_(
            "Check impossible: no test server for sound and picture answers; it may be down or blocked."
        ),
        steps=(N_("Run this check again; if it stays so, send the report to your IT desk."),),
    ),
    "firewall.meeting_inspected": FindingWords(
        title=_INSPECTED_TITLE,
        summary=N_("Something on this network or computer opens and inspects the connection to the meeting."),
        meaning=_INSPECTED_MEANING,
        steps=(_EXEMPT, AGAIN),
    ),
    "firewall.meeting_inspected/named": FindingWords(
        title=_INSPECTED_TITLE,
        summary=N_("{product} opens and inspects the connection to the meeting."),
        meaning=_INSPECTED_MEANING,
        steps=(_EXEMPT, AGAIN),
    ),
    "firewall.meeting_inspected/refused": FindingWords(
        title=_INSPECTED_TITLE,
        summary=N_("Something opens the connection to the meeting, and this computer does not trust it."),
        meaning=_REFUSED_MEANING,
        steps=_REFUSED_STEPS,
    ),
    "firewall.meeting_inspected/named_refused": FindingWords(
        title=_INSPECTED_TITLE,
        summary=N_(
            "{product} opens or blocks the connection to the meeting, and this computer does not trust it."
        ),
        meaning=_REFUSED_MEANING,
        steps=_REFUSED_STEPS,
    ),
    "firewall.meeting_inspected/by_proxy": FindingWords(
        title=_INSPECTED_TITLE,
        summary=N_(
            "The proxy set up on this computer opens the connection to the meeting; without it, nothing does."
        ),
        meaning=_INSPECTED_MEANING,
        steps=(_PROXY_OFF, _EXEMPT, AGAIN),
    ),
    "firewall.meeting_own_authority": FindingWords(
        title=N_("The meeting's certificate is your organisation's"),
        summary=N_(
            "The meeting's server is certified by an organisation of its own, which this computer trusts."
        ),
        steps=(_NOTHING_TO_DO,),
    ),
    "firewall.inspected_elsewhere": FindingWords(
        title=_INSPECTED_TITLE_ELSEWHERE,
        summary=N_("Something on this network or computer opens and inspects secure connections."),
        steps=(_EXEMPT,),
    ),
    "firewall.inspected_elsewhere/named": FindingWords(
        title=_INSPECTED_TITLE_ELSEWHERE,
        summary=N_("{product} opens and inspects secure connections."),
        steps=(_EXEMPT,),
    ),
    "firewall.inspected_elsewhere/refused": FindingWords(
        title=_INSPECTED_TITLE_ELSEWHERE,
        summary=N_("Something opens secure connections, and this computer does not trust it."),
        meaning=_REFUSED_MEANING,
        steps=_REFUSED_STEPS,
    ),
    "firewall.inspected_elsewhere/named_refused": FindingWords(
        title=_INSPECTED_TITLE_ELSEWHERE,
        summary=N_("{product} opens or blocks secure connections, and this computer does not trust it."),
        meaning=_REFUSED_MEANING,
        steps=_REFUSED_STEPS,
    ),
    "firewall.meeting_certificate_refused": FindingWords(
        title=N_("The meeting's server can't prove who it is"),
        summary=N_(
            "The meeting's server can't prove who it is: your browser will warn you, or refuse to open it."
        ),
        meaning=_CANNOT_JOIN,
        steps=(_LINK, _NO_TYPING, _DESK, _PHONE),
    ),
    "firewall.certificates_refused": FindingWords(
        title=N_("Websites can't prove who they are"),
        summary=N_("The websites that answer here can't prove who they are: something may stand in between."),
        meaning=N_("The meeting may not open."),
        steps=(
            N_("Open any website in your browser: a login page may appear."),
            _NO_TYPING,
            _DESK,
            _PHONE,
        ),
    ),
    "firewall.clock_wrong": FindingWords(
        title=N_("The clock is wrong"),
        summary=N_("This computer's date or time is wrong: secure websites, and so the meeting, won't open."),
        meaning=_CANNOT_JOIN,
        steps=(
            N_(
                "Open the date and time settings and switch on the automatic setting; check the time zone too."
            ),
            AGAIN,
        ),
    ),
    "firewall.proxy": FindingWords(
        title=N_("The Internet is reached through a proxy"),
        summary=N_("Your browser reaches the Internet through your organisation's proxy."),
        steps=(_NOTHING_TO_DO,),
    ),
    "firewall.proxy_chosen_by_script": FindingWords(
        title=N_("A proxy may be in use"),
        summary=N_("This computer asks the network which proxy to use; what it answers was not checked."),
        steps=(_NOTHING_TO_DO,),
    ),
    "firewall.names_invented": FindingWords(
        title=N_("Addresses that do not exist are answered"),
        summary=N_("This network gives an answer for addresses that do not exist."),
        steps=(_NOTHING_TO_DO,),
    ),
    "firewall.names_slow": FindingWords(
        title=N_("Addresses are found slowly"),
        summary=N_("Finding an address on the Internet takes {value_s} here (limit {limit_s}, {source})."),
        steps=(
            N_("Open the meeting a few minutes early."),
            N_(
                "Turn your box off, wait ten seconds, turn it on again, and wait until its lights are steady."
            ),
        ),
    ),
    "firewall.name_server_dead": FindingWords(
        title=N_("A name server does not answer"),
        summary=N_("One of this computer's name servers ({server}) does not answer; another one does."),
        steps=_NAME_SERVERS,
    ),
    "firewall.name_server_dead/first": FindingWords(
        title=N_("A name server does not answer"),
        summary=N_(
            "This computer's first name server ({server}) does not answer: every new page waits for seconds."
        ),
        steps=_NAME_SERVERS,
    ),
    "firewall.meeting_inside": FindingWords(
        title=N_("The meeting's address is inside a private network"),
        summary=N_("The meeting's address leads into a private network, perhaps your organisation's."),
        steps=(_NOTHING_TO_DO,),
    ),
    "firewall.ipv6_broken": FindingWords(
        title=N_("One of two ways to the Internet is broken"),
        summary=N_(
            "One of the two ways to the Internet (IPv6) is broken; your browser takes the other one, a little later."
        ),
        steps=(_NOTHING_TO_DO,),
    ),
}
