"""Runs in a namespace: what the program offers to do about a tunnel there, and what comes of it, as JSON.

After the interface come words, done one after the other: `offers`; `carry_out` what was offered first; `nobody`, become a
user without rights; `blindly`, from now on without asking first whether it is allowed.
"""

from __future__ import annotations

import json
import os
import sys
import time

from amif_netcheck.model.fix import Fix, FixKind, FixRequest
from amif_netcheck.platforms.linux.fixes import vpn
from amif_netcheck.platforms.linux.platform import Linux

AMPLE_S = 15.0
NOBODY = 65534


def main(interface: str, *words: str) -> None:
    platform, kept, told = Linux(), list[Fix](), list[object]()
    for word in words:
        until = time.monotonic() + AMPLE_S
        if word == "offers":
            found = platform.offers(FixRequest(kind=FixKind.DISCONNECT_VPN, about=(interface,)), until)
            kept += found
            told.append([fix.params for fix in found])
        elif word == "carry_out":
            result = platform.carry_out(kept[0], until)
            told.append([result.outcome.value, result.detail])
        elif word == "nobody":
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        elif word == "blindly":
            vpn._may = lambda bus, until: True
        else:
            raise ValueError(word)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
