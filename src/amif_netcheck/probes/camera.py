"""Which cameras there are, who has one, and whether one may be used. Opens none of them for a picture, sends nothing."""

from __future__ import annotations

from functools import partial

from amif_netcheck.catalog.calls import meeting_application, name_and_family
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import AllowedFor, CameraApplication, CameraFacts, Unavailable
from amif_netcheck.platforms.answers import CameraUser
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.own_processes import own_pids

_ALLOWED_FOR = {"windows": AllowedFor.EVERY_PROGRAM, "macos": AllowedFor.THIS_PROGRAM}
"""Whom a system's answer binds."""
_SHARED_ON = frozenset({"macos"})
"""Where several programs can have the same camera. Windows and V4L2 give it to one, unless somebody set up more."""
_MOST_APPLICATIONS = 20


def probe(context: Context, until: float) -> CameraFacts:
    """Ask the system, by `until` (`time.monotonic`)."""
    platform = context.platform
    allowed = BackgroundCall(partial(platform.camera_allowed, until))
    users = platform.camera_users(until)  # before the list, whose questions can look like use
    return CameraFacts(
        cameras=platform.cameras(until),
        applications=users if isinstance(users, Unavailable) else _applications(users),
        shared=platform.name in _SHARED_ON,
        allowed=allowed.result(until),
        allowed_for=_ALLOWED_FOR.get(platform.name, AllowedFor.SANDBOXED),
        meeting_product=meeting_application(context.meeting),
        meeting_given=bool(context.meeting),
    )


def _applications(users: tuple[CameraUser, ...]) -> tuple[CameraApplication, ...]:
    """One line for each application, without ourselves."""
    ours = own_pids()
    named = dict.fromkeys(_named(user) for user in users if user.pid not in ours)
    first = {(each.product or each.process or each.application): each for each in reversed(named)}
    return tuple(reversed(first.values()))[:_MOST_APPLICATIONS]


def _named(user: CameraUser) -> CameraApplication:
    """With the name that people know, by its process or by what it calls itself."""
    product, family = name_and_family(user.process)
    if not product:
        product, family = name_and_family(user.application)
    return CameraApplication(
        application=user.application, process=user.process, product=product, family=family
    )
