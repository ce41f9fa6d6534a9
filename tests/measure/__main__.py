"""`python -m tests.measure`: `dsexplore measure` with torch, on a CPU or on your accelerator.

A whole session, its preset taken by name; FLOP as torch counts them; an interrupted session. Needs
the extra: pip install -e '.[dev,measure]'. About two minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dsexplore.measure.attention import attention
from dsexplore.measure.device import KINDS, Device, open_device
from dsexplore.measure.measurement import Kernel, Precision
from dsexplore.measure.products import grouped_products, products

# Until torch is imported and processes have met, beside the time for measuring.
SLACK = 120.0
# The whole square of scores, and four products backward where a fused kernel has five.
_UNFUSED = {Kernel.ATTENTION_FORWARD: 2.0, Kernel.ATTENTION_BACKWARD: 2.0 * 4 / 5}
REPOSITORY = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure", description=__doc__)
    parser.add_argument("--device", choices=KINDS, default="cpu")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--ranks", type=int, default=2)
    arguments = parser.parse_args()
    words = ["--device", arguments.device, "--ranks", str(arguments.ranks)]
    device = open_device(arguments.device)
    faults = [
        *flops_are_those_that_torch_counts(device),
        *a_session_ends_in_time_and_its_preset_is_taken(words, arguments.seconds),
        *an_interrupted_session_leaves_nothing(words),
    ]
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"{len(faults)} faults on {device.kind}, torch {device.torch.__version__}")
    return bool(faults)


def flops_are_those_that_torch_counts(device: Device) -> list[str]:
    """The smallest trial of each kernel, counted by torch's own counter as it runs."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    faults = []
    smallest = {}
    for trial in [*products(device), *grouped_products(device), *attention(device)]:
        if trial.precision != Precision.FP8:
            smallest.setdefault(trial.kernel, trial)
    for kernel, trial in smallest.items():
        # Unfused, attention is plain products, which torch counts on every device.
        with sdpa_kernel(SDPBackend.MATH):
            call = trial.start()
            with FlopCounterMode(display=False) as counter:
                call()
        counted = float(counter.get_total_flops())
        if not counted:
            print(f"torch counts no FLOP of this kernel here: {kernel}")
            continue
        ours = trial.work * _UNFUSED.get(kernel, 1.0)
        print(f"{kernel}: {ours:.4g} FLOP, torch {counted:.4g}")
        if abs(ours / counted - 1) > 1e-6:
            faults.append(f"{kernel}: {ours:.6g} FLOP where torch counts {counted:.6g}")
    return faults


def a_session_ends_in_time_and_its_preset_is_taken(words: list[str], seconds: float) -> list[str]:
    with tempfile.TemporaryDirectory() as home:
        start = time.monotonic()
        said = _run(["measure", *words, "--seconds", str(seconds), "--save", "ours"], home)
        took = time.monotonic() - start
        print(said.stdout)
        print(f"{took:.0f} s for {seconds:g} s of measuring")
        if said.returncode:
            return [f"measuring ended with {said.returncode}: {said.stderr}"]
        faults = [f"it took {took:.0f} s"] if took > 1.5 * seconds + SLACK else []
        path = Path(home) / "dsexplore" / "presets" / "hardware" / "ours.toml"
        print(path.read_text("utf-8"))
        settings = ["--set", "hardware=ours", "--set", "utilization=predicted", "--format", "json"]
        taken = _run(["eval", "llama-3-70b", *settings], home)
        if taken.returncode:
            return [*faults, f"the preset is not taken: {taken.stderr}"]
        results = json.loads(taken.stdout)
        stack = [results]
        found = None
        while stack:
            each = stack.pop()
            if isinstance(each, dict):
                found = each.get("gemm_efficiency", found)
                stack.extend(each.values())
        print(f"gemm_efficiency {found}")
        return faults if found and 0 < found <= 1 else [*faults, "no share of the peak was found"]


def an_interrupted_session_leaves_nothing(words: list[str]) -> list[str]:
    """A stop in the midst of collectives, by the keyboard: no file, no process left."""
    faults = []
    for seconds, after in ((60, 8.0), (8, 14.0)):
        with tempfile.TemporaryDirectory() as home:
            command = ["measure", *words, "--seconds", str(seconds), "--save", "ours"]
            process = subprocess.Popen(
                [sys.executable, "-m", "dsexplore", *command],
                env={**os.environ, "XDG_DATA_HOME": home},
                cwd=REPOSITORY,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            time.sleep(after)
            was_running = process.poll() is None
            if was_running:
                os.killpg(process.pid, signal.SIGINT)
            status = process.wait(timeout=SLACK)
            left = [*Path(home).rglob("*.toml")]
            print(f"interrupted after {after:g} s: running {was_running}, status {status}")
            if was_running and (status != 130 or left):
                faults.append(f"interrupted after {after:g} s: status {status}, files {left}")
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                continue
            faults.append(f"interrupted after {after:g} s: processes are left")
    return faults


def _run(words: list[str], home: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dsexplore", *words],
        env={**os.environ, "XDG_DATA_HOME": home},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())
