"""What the person has answered when asked for the microphone or the camera. It is read, never asked for.

macOS keeps the answer for the application that we run in, such as Terminal.
"""

from __future__ import annotations

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.macos.objective_c import AppleObjects

_ANSWERS = {1: False, 2: False, 3: True}  # restricted (by whoever manages this Mac), denied, authorized


def allowed(objects: AppleObjects, media: str, until: float) -> bool | Unavailable:
    """See `Platform.microphone_allowed` and `camera_allowed`; by `until` (`time.monotonic`)."""
    return BackgroundCall(lambda: _allowed(objects, media)).result(until)


def _allowed(objects: AppleObjects, media: str) -> bool | Unavailable:
    try:
        status = objects.authorization(media)
    except OSError as error:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=str(error))
    answer = _ANSWERS.get(status)
    if answer is None:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"nobody was asked yet (status {status})")
    return answer
