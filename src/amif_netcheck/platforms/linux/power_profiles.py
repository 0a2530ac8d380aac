"""The desktop's power profile, asked of power-profiles-daemon (or what stands in for it) over the system bus."""

from __future__ import annotations

from jeepney import DBusAddress, HeaderFields, MessageFlag, MessageType, Properties
from jeepney.io.blocking import open_dbus_connection

from amif_netcheck.model.facts import Reason, Unavailable

_NAMES = ("org.freedesktop.UPower.PowerProfiles", "net.hadess.PowerProfiles")
"""The service's name today, and its first one."""
_PATIENCE_S = 0.5


def active() -> str | Unavailable:
    """`power-saver`, `balanced` or `performance`. A service that does not run is not started for our sake."""
    try:
        with open_dbus_connection(bus="SYSTEM") as connection:
            for name in _NAMES:
                place = DBusAddress("/" + name.replace(".", "/"), bus_name=name, interface=name)
                question = Properties(place).get("ActiveProfile")
                question.header.flags |= MessageFlag.no_auto_start
                answer = connection.send_and_get_reply(question, timeout=_PATIENCE_S)
                if answer.header.message_type is MessageType.method_return:
                    return str(answer.body[0][1])
    except Exception as error:  # noqa: BLE001 - no bus, or whatever it sent: nothing else may fail with it
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"power profiles: {error!r}")
    return Unavailable(
        reason=Reason.UNSUPPORTED,
        detail=f"power profiles: {answer.header.fields.get(HeaderFields.error_name, 'no answer')}",
    )
