"""The battery, power saving and heat, from sysfs and the power profiles' service."""

from __future__ import annotations

from pathlib import Path

from amif_netcheck.model.facts import Battery, Reason, Unavailable
from amif_netcheck.platforms.linux import power_profiles

_SUPPLIES = Path("/sys/class/power_supply")
_PROFILE = Path("/sys/firmware/acpi/platform_profile")
_CPUS = Path("/sys/devices/system/cpu")


def battery(supplies: Path = _SUPPLIES) -> Battery | Unavailable:
    """The computer's own batteries taken together; those of mice and headsets have the scope `Device`."""
    properties = [_properties(folder) for folder in _folders(supplies)]
    own = [
        supply
        for supply in properties
        if supply.get("type") == "Battery"
        and supply.get("scope") != "Device"
        and supply.get("present", "1") == "1"
    ]
    charges = [charge for supply in own if (charge := _charge(supply)) is not None]
    if not charges:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no battery")
    left, full = (sum(amounts) for amounts in zip(*charges, strict=True))
    plugged = any(supply.get("online") == "1" for supply in properties if supply.get("type") != "Battery")
    draining = any(supply.get("status") == "Discharging" for supply in own)
    return Battery(charge_pct=min(100.0, 100 * left / full), discharging=draining and not plugged)


def _charge(supply: dict[str, str]) -> tuple[float, float] | None:
    """(left, full) in one unit for all batteries of a computer."""
    for unit in ("energy", "charge"):
        left, full = _number(supply.get(f"{unit}_now")), _number(supply.get(f"{unit}_full"))
        if left is not None and full:
            return left, full
    percent = _number(supply.get("capacity"))
    return None if percent is None else (percent, 100.0)


def power_saver(profile: Path = _PROFILE) -> bool | Unavailable:
    """The firmware's profile says `low-power`, or the desktop's power profile `power-saver`."""
    firmware = _read(profile)
    if firmware == "low-power":
        return True
    desktop = power_profiles.active()
    if isinstance(desktop, Unavailable):
        return desktop if firmware is None else False
    return desktop == "power-saver"


def slowdowns(cpus: Path = _CPUS) -> int | Unavailable:
    """How often cores ran slower to cool down; only processors by Intel count it."""
    counts = [
        number
        for cpu in _folders(cpus)
        if (number := _number(_read(cpu / "thermal_throttle" / "core_throttle_count"))) is not None
    ]
    if not counts:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="no thermal_throttle")
    return int(sum(counts))


def _properties(folder: Path) -> dict[str, str]:
    names = ("type", "scope", "present", "online", "status", "capacity")
    amounts = tuple(f"{unit}_{when}" for unit in ("energy", "charge") for when in ("now", "full"))
    return {name: value for name in (*names, *amounts) if (value := _read(folder / name)) is not None}


def _folders(place: Path) -> list[Path]:
    try:
        return sorted(place.iterdir())
    except OSError:
        return []


def _read(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return None


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
