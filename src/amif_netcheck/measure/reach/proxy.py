"""Is a proxy there? One connection, over which nothing is said: also to those whose language we don't speak."""

from __future__ import annotations

from amif_netcheck.measure.dialling import dial
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.reach import outcomes
from amif_netcheck.model.facts import Outcome, Unavailable


def connect(host: str, port: int, names: Names, *, until: float) -> Outcome:
    """How a connection to it ended, by `until` (`time.monotonic`)."""
    addresses = names.resolve(host, until=until)
    if isinstance(addresses, Unavailable):
        return outcomes.nameless(addresses)
    try:
        dial(host, port, names, until=until).close()
    except OSError as error:
        return outcomes.outcome_of(error)
    return Outcome.ANSWERED
