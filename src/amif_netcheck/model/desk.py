"""What the IT desk's settings add to a report: whom to call, who may turn off a VPN, which limits are other ones."""

from __future__ import annotations

from msgspec import Struct

LONGEST_SITE, LONGEST_CONTACT, SHORTEST_KEY = 80, 120, 16
"""Characters of a site's name and a contact line, and of the key that tokens are made with."""


class ChangedLimit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The thresholds of one limit that are not the usual ones; None where the usual one holds."""

    info: float | None = None
    warning: float | None = None
    critical: float | None = None


class Desk(Struct, frozen=True, kw_only=True):
    """`contact`: how the IT desk is reached. `managed`: the VPN belongs to the organisation and is not the person's to turn off.

    `limits`: those that were held against other values than the usual ones, by their id. The desk chose all of it: nothing
    here is ever redacted.
    """

    contact: str = ""
    managed: bool = False
    limits: dict[str, ChangedLimit] = {}


NO_DESK = Desk()
"""Without settings of a desk."""
