"""Words for `firewall`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, RESTART_BOX, FindingWords

DESK = N_("If you are on your organisation's network, send this report to your IT desk.")
PHONE = N_("Without an IT desk at hand, use your phone's connection for this meeting.")
LINK = N_("Check the meeting's link: open it in your browser.")
_OUT_OF_REACH = (LINK, DESK, PHONE, AGAIN)
_OTHER_KIND = (
    N_(
        "Ask the organiser for a link with a name (visio.example.org) instead of numbers; if there is none, send them this report."
    ),
    PHONE,
    DESK,
    AGAIN,
)
_TELL_ORGANISER = N_("Tell the meeting's organiser; others may be unable to join too.")
VPN = N_("If a VPN is on, turn it off and try again; leave your security program on.")
CANNOT_JOIN = N_("You could not join the meeting from here.")
PROXY_OFF = N_("Away from your organisation, turn the proxy off in your network settings.")
PROXY_OFF_ON = {
    "linux": (N_("Away from your organisation, turn the proxy off: Settings, “Network”, “Network Proxy”."),),
    "windows": (
        N_("Away from your organisation, turn the proxy off: Settings, “Network & Internet”, “Proxy”."),
    ),
    "macos": (
        N_(
            "Away from your organisation, turn the proxy off: System Settings, “Network”, your connection, “Details…”, “Proxies”."
        ),
    ),
}
_MAY_NOT_OPEN = N_("Your browser goes through this proxy, and may not open the meeting.")
_WEBSITE_WILL_TELL = N_("Open any website in your browser. If it opens, try the meeting's link.")
_NAME_SERVERS = (
    N_("Open the meeting a few minutes early."),
    N_("At home, set this connection's name servers (DNS) to automatic in your network settings."),
    DESK,
)
NOTHING_TO_DO = N_("Nothing to do: your IT desk can see the details in the report.")

WORDS: dict[str, FindingWords] = {
    "firewall.open": FindingWords(
        title=N_("Nothing stands in the way"),
        headline=N_("Sound and picture get through"),
        summary=N_("Sound and picture can leave this network freely."),
    ),
    "firewall.captive_portal": FindingWords(
        title=N_("This network waits for you to log in"),
        headline=N_("This network wants you to log in first"),
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
        headline=N_("This computer lets nothing out"),
        summary=N_(
            "This computer itself forbids every connection: a VPN's protection, or a security program."
        ),
        meaning=CANNOT_JOIN,
        steps=(
            N_(
                "If you use a VPN, connect it again, or turn off its option that blocks the Internet without it."
            ),
            N_(
                "Without a VPN, open your antivirus or firewall and look for “block everything”; if there is none, call your IT desk."
            ),
            DESK,
            AGAIN,
        ),
    ),
    "firewall.large_packets_lost": FindingWords(
        title=N_("Part of the data gets lost on the way"),
        headline=N_("Large packets of data get lost"),
        summary=N_(
            "Here, data that is sent in large packets does not arrive: pages hang, and the meeting may not open."
        ),
        meaning=N_("The meeting's page begins to open and stays empty, or sound and picture never come."),
        steps=(
            VPN,
            PHONE,
            N_(
                "Send this report to your IT desk or your Internet provider: it says which size of message (MTU) gets through."
            ),
            AGAIN,
        ),
    ),
    "firewall.meeting_forbidden": FindingWords(
        title=N_("The meeting's address is blocked"),
        headline=N_("Access to the meeting is forbidden"),
        summary=N_("This network, or this computer, forbids access to the meeting."),
        meaning=CANNOT_JOIN,
        steps=(
            VPN,
            DESK,
            PHONE,
            AGAIN,
        ),
    ),
    "firewall.meeting_refused": FindingWords(
        title=N_("The meeting's address refuses"),
        headline=N_("The meeting's server refuses"),
        summary=N_("The meeting's server refuses the connection: it is blocked here, or it is down."),
        meaning=CANNOT_JOIN,
        steps=_OUT_OF_REACH,
    ),
    "firewall.meeting_refused/all_closed": FindingWords(
        title=N_("Secure websites are blocked"),
        headline=N_("Secure websites are blocked here"),
        summary=N_(
            "The meeting's server refuses the connection, and so do well-known websites: this network blocks them."
        ),
        meaning=CANNOT_JOIN,
        steps=(VPN, DESK, PHONE, AGAIN),
    ),
    "firewall.meeting_silent": FindingWords(
        title=N_("The meeting's address does not answer"),
        headline=N_("The meeting's server does not answer"),
        summary=N_(
            "The meeting's server does not answer, while others do: it is blocked here, or it is down."
        ),
        meaning=CANNOT_JOIN,
        steps=_OUT_OF_REACH,
    ),
    "firewall.meeting_silent/all_closed": FindingWords(
        title=N_("Secure websites are blocked"),
        headline=N_("Neither meeting nor websites answer"),
        summary=N_(
            "Neither the meeting nor well-known websites answer here: this network seems to block them."
        ),
        meaning=CANNOT_JOIN,
        steps=(VPN, DESK, PHONE, AGAIN),
    ),
    "firewall.meeting_cut": FindingWords(
        title=N_("The connection to the meeting is broken off"),
        headline=N_("The way to the meeting is cut at once"),
        summary=N_("The connection to the meeting is broken off as soon as it begins: something filters it."),
        meaning=CANNOT_JOIN,
        steps=_OUT_OF_REACH,
    ),
    "firewall.meeting_cut/all_closed": FindingWords(
        title=N_("Secure websites are blocked"),
        headline=N_("Secure connections are broken off here"),
        summary=N_(
            "Connections to the meeting and to well-known websites are broken off: something filters them."
        ),
        meaning=CANNOT_JOIN,
        steps=(VPN, DESK, PHONE, AGAIN),
    ),
    "firewall.meeting_no_name": FindingWords(
        title=N_("The meeting's address is unknown"),
        headline=N_("The meeting's address is unknown"),
        summary=N_("Nobody knows the meeting's address, while others are known."),
        meaning=CANNOT_JOIN,
        steps=(N_("Check the meeting's link, letter by letter, in your invitation."), DESK, PHONE, AGAIN),
    ),
    "firewall.meeting_no_name/failed": FindingWords(
        title=N_("The meeting's address can't be found"),
        headline=N_("The meeting's address can't be found"),
        summary=N_(
            "Looking for the meeting's address fails, while others are found: its organiser may have a fault."
        ),
        meaning=CANNOT_JOIN,
        steps=(
            N_("Check the meeting's link, letter by letter, in your invitation."),
            _TELL_ORGANISER,
            PHONE,
            AGAIN,
        ),
    ),
    "firewall.meeting_name_silent": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("Meeting's address not found in time"),
        summary=N_("Check impossible: the meeting's address was not found in time, while others are."),
        steps=(LINK, _TELL_ORGANISER, AGAIN),
    ),
    "firewall.meeting_no_route": FindingWords(
        title=N_("The meeting is out of this network's reach"),
        headline=N_("This network can't reach the meeting"),
        summary=N_("This network can't reach the meeting: they do not use the same kind of address."),
        meaning=CANNOT_JOIN,
        steps=_OTHER_KIND,
    ),
    "firewall.meeting_no_route/ipv4": FindingWords(
        title=N_("The meeting is out of this network's reach"),
        headline=N_("This network can't reach the meeting"),
        summary=N_(
            "This network can't reach the meeting: it only knows addresses of the new kind (IPv6), and the meeting has one of the old kind (IPv4)."
        ),
        meaning=CANNOT_JOIN,
        steps=_OTHER_KIND,
    ),
    "firewall.meeting_no_route/ipv6": FindingWords(
        title=N_("The meeting is out of this network's reach"),
        headline=N_("This network can't reach the meeting"),
        summary=N_(
            "This network can't reach the meeting: it only knows addresses of the old kind (IPv4), and the meeting has one of the new kind (IPv6)."
        ),
        meaning=CANNOT_JOIN,
        steps=_OTHER_KIND,
    ),
    "firewall.meeting_sunk": FindingWords(
        title=N_("The meeting's address is filtered"),
        headline=N_("A filter blocks the meeting's address"),
        summary=N_("A filter blocks the meeting's address."),
        meaning=CANNOT_JOIN,
        steps=(
            N_("If you have a filter against advertising, or parental control, allow the meeting's address."),
            DESK,
            PHONE,
            AGAIN,
        ),
    ),
    "firewall.meeting_refused_by_proxy": FindingWords(
        title=N_("Your organisation's proxy refuses the meeting"),
        headline=N_("The proxy refuses the meeting"),
        summary=N_("The Internet is reached through a proxy here, and it refuses access to the meeting."),
        meaning=CANNOT_JOIN,
        steps=(DESK, PHONE, AGAIN),
    ),
    "firewall.meeting_refused_by_proxy/failed": FindingWords(
        title=N_("The proxy can't reach the meeting"),
        headline=N_("The proxy does not reach the meeting"),
        summary=N_(
            "The Internet is reached through a proxy here, and it does not get through to the meeting."
        ),
        meaning=CANNOT_JOIN,
        steps=(LINK, PROXY_OFF, DESK, PHONE, AGAIN),
    ),
    "firewall.proxy_in_the_way": FindingWords(
        title=N_("A proxy stands in the way"),
        headline=N_("The proxy refuses the meeting"),
        summary=N_(
            "The proxy set up on this computer refuses access to the meeting, which would answer without it."
        ),
        meaning=_MAY_NOT_OPEN,
        steps=(DESK, AGAIN),
        steps_on=PROXY_OFF_ON,
    ),
    "firewall.proxy_in_the_way/failed": FindingWords(
        title=N_("A proxy stands in the way"),
        headline=N_("The proxy does not reach the meeting"),
        summary=N_(
            "The proxy set up on this computer does not get through to the meeting, which would answer without it."
        ),
        meaning=_MAY_NOT_OPEN,
        steps=(DESK, AGAIN),
        steps_on=PROXY_OFF_ON,
    ),
    "firewall.proxy_dead": FindingWords(
        title=N_("The proxy does not answer"),
        headline=N_("The proxy does not answer"),
        summary=N_("The proxy set up on this computer ({server}) does not answer."),
        meaning=_MAY_NOT_OPEN,
        steps=(DESK, AGAIN),
        steps_on=PROXY_OFF_ON,
    ),
    "firewall.proxy_dead/no_name": FindingWords(
        title=N_("The proxy does not exist here"),
        headline=N_("The proxy is unknown here"),
        summary=N_("The name of the proxy set up on this computer ({server}) is unknown here."),
        meaning=_MAY_NOT_OPEN,
        steps=(DESK, AGAIN),
        steps_on=PROXY_OFF_ON,
    ),
    "firewall.proxy_password": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("Only your browser can pass the proxy"),
        summary=N_("Check impossible: the proxy asks who you are, which only your browser can answer."),
        steps=(LINK, PROXY_OFF, DESK),
    ),
    "firewall.proxy_unspoken": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("Only your browser can pass the proxy"),
        summary=N_("Check impossible: a proxy is set up on this computer that only your browser can use."),
        steps=(LINK, DESK),
    ),
    "firewall.web_blocked": FindingWords(
        title=N_("Web servers are out of reach"),
        headline=N_("Well-known websites do not answer"),
        summary=N_("Well-known websites do not answer from here, while other things do."),
        meaning=N_("The meeting may not open."),
        steps=(
            N_("Run this check again with your meeting's link: amif-netcheck --meeting LINK."),
            DESK,
            PHONE,
        ),
    ),
    "firewall.web_unknown": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("The website to compare with is silent"),
        summary=N_("Check impossible: the website asked to compare with does not answer."),
        steps=(N_("Run this check again with your meeting's link: amif-netcheck --meeting LINK."), DESK),
    ),
    "firewall.nothing_answers": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("Nothing answers on the Internet"),
        summary=N_("Check impossible: nothing on the Internet answers."),
        steps=(
            _WEBSITE_WILL_TELL,
            RESTART_BOX,
            DESK,
            AGAIN,
        ),
    ),
    "firewall.nothing_answers/by_script": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("Nothing answers on the Internet"),
        summary=N_("Check impossible: nothing answers, and only your browser can ask this network's proxy."),
        steps=(LINK, DESK, AGAIN),
    ),
    "firewall.no_names": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("Looking up addresses (DNS) fails"),
        summary=N_("Check impossible: looking up addresses (DNS) does not work on this network."),
        steps=(
            _WEBSITE_WILL_TELL,
            RESTART_BOX,
            DESK,
            AGAIN,
        ),
    ),
    "firewall.udp_unknown": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("The test servers do not answer"),
        summary=N_(
            "Check impossible: no test server for sound and picture answers; it may be down or blocked."
        ),
        steps=(N_("Run this check again; if it stays so, send the report to your IT desk."),),
    ),
    "firewall.proxy": FindingWords(
        title=N_("The Internet is reached through a proxy"),
        headline=N_("The Internet is reached by a proxy"),
        summary=N_("Your browser reaches the Internet through your organisation's proxy."),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.proxy_chosen_by_script": FindingWords(
        title=N_("A proxy may be in use"),
        headline=N_("A proxy may be in use"),
        summary=N_("This computer asks the network which proxy to use; what it answers was not checked."),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.names_invented": FindingWords(
        title=N_("Addresses that do not exist are answered"),
        headline=N_("Invented addresses get an answer"),
        summary=N_("This network gives an answer for addresses that do not exist."),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.names_slow": FindingWords(
        title=N_("Addresses are found slowly"),
        headline=N_("Websites slow to open: {value_s}"),
        summary=N_("On this network, websites take {value_s} to begin to open."),
        steps=(
            N_("Open the meeting a few minutes early."),
            RESTART_BOX,
        ),
    ),
    "firewall.name_server_dead": FindingWords(
        title=N_("A name server does not answer"),
        headline=N_("A name server does not answer"),
        summary=N_("One of this computer's name servers ({server}) does not answer; another one does."),
        steps=_NAME_SERVERS,
    ),
    "firewall.name_server_dead/first": FindingWords(
        title=N_("A name server does not answer"),
        headline=N_("The first name server does not answer"),
        summary=N_(
            "This computer's first name server ({server}) does not answer: new pages may take longer to open."
        ),
        steps=_NAME_SERVERS,
    ),
    "firewall.meeting_inside": FindingWords(
        title=N_("The meeting's address is inside a private network"),
        headline=N_("The meeting is inside a private network"),
        summary=N_("The meeting's address leads into a private network, perhaps your organisation's."),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.ipv6_broken": FindingWords(
        title=N_("One of two ways to the Internet is broken"),
        headline=N_("IPv6 is broken; the other way is used"),
        summary=N_(
            "One of the two ways to the Internet (IPv6) is broken; your browser takes the other one, a little later."
        ),
        steps=(NOTHING_TO_DO,),
    ),
}
