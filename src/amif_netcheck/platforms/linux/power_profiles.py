"""The desktop's power profile, asked of power-profiles-daemon (or what stands in for it) over the system bus."""

from __future__ import annotations

import time

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.linux import dbus

_NAMES = ("org.freedesktop.UPower.PowerProfiles", "net.hadess.PowerProfiles")
"""The service's name today, and its first one."""
_PATIENCE_S = 0.5
_LONGEST_S = 1.5


def active() -> str | Unavailable:
    """`power-saver`, `balanced` or `performance`. A service that does not run is not started for our sake."""
    return dbus.answer(time.monotonic() + _LONGEST_S, _ask)


def _ask() -> str | Unavailable:
    from jeepney import DBusAddress, HeaderFields, MessageFlag, MessageType, Properties

    error = "no answer"
    with dbus.system(_PATIENCE_S) as connection:
        for name in _NAMES:
            place = DBusAddress("/" + name.replace(".", "/"), bus_name=name, interface=name)
            question = Properties(place).get("ActiveProfile")
            question.header.flags |= MessageFlag.no_auto_start
            answer = connection.send_and_get_reply(question, timeout=_PATIENCE_S)
            if answer.header.message_type is MessageType.method_return:
                return str(answer.body[0][1])
            error = str(answer.header.fields.get(HeaderFields.error_name, error))
    return Unavailable(reason=Reason.UNSUPPORTED, detail=f"power profiles: {error}")
