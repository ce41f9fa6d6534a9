"""Power, clocks and temperature, as the driver's own tool tells them, if there is one."""

from __future__ import annotations

import shutil
import subprocess

_PATIENCE = 10.0
_STATE = {
    "power.draw": "power",
    "enforced.power.limit": "power limit",
    "temperature.gpu": "temperature",
    "clocks.sm": "clock",
    "clocks.max.sm": "highest clock",
    "clocks_throttle_reasons.active": "throttle reasons",
}
_UNITS = {"temperature": " °C"}


def driver() -> str:
    """The version of NVIDIA's driver; empty where it cannot be read."""
    found = _asked(["driver_version"], "0")
    return found[0] if found else ""


def power_limit(device: str) -> float | None:
    """The limit in watts that is enforced; None where it cannot be read."""
    found = _asked(["enforced.power.limit"], device)
    try:
        return float(found[0].removesuffix("W")) if found else None
    except ValueError:
        return None


def state(device: str) -> str:
    """Power, temperature and clocks now, on one line; empty where they cannot be read."""
    found = _asked(list(_STATE), device)
    words = [
        f"{name} {value}{_UNITS.get(name, '')}"
        for name, value in zip(_STATE.values(), found, strict=False)
    ]
    return ", ".join(words)


def _asked(names: list[str], device: str) -> list[str]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    words = [program, f"--query-gpu={','.join(names)}", "--format=csv,noheader", "-i", device]
    try:
        ended = subprocess.run(
            words, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    if ended.returncode:
        return []
    return [value.strip() for value in ended.stdout.strip().split(",")]
