"""The device to measure: torch, its name and versions, its state while it worked."""

from __future__ import annotations

import itertools
import platform
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsexplore.measure import state
from dsexplore.measure.measurement import Machine, Precision
from dsexplore.text.refusal import ScenarioError, shown

AUTO, CPU, CUDA = "auto", "cpu", "cuda"
KINDS = (AUTO, CUDA, CPU)
_EXTRA = "torch beside it, as by: pip install 'dsexplore[measure]', or pip install torch"
# Operands are taken in turn from so many bytes, so that none waits in a cache for its next use.
_BEYOND_CACHE = {CPU: 64 << 20, CUDA: 512 << 20}
_MOST_COPIES = 64
# Of the free memory, for the operands of one measurement.
_SHARE_OF_MEMORY = 0.4
_CPU_SHARE_OF_MEMORY = 2 << 30


@dataclass(frozen=True, slots=True)
class Device:
    """torch and one of its devices: `kind` is cuda (NVIDIA's and AMD's accelerators) or cpu."""

    torch: Any
    kind: str

    def wait(self) -> None:
        """Return once the device has done all that it was given."""
        if self.kind != CPU:
            self.torch.cuda.synchronize()

    def random(self, *sizes: int, dtype: Any) -> Any:
        """A tensor of normal values, as weights have them: zeros would take less power."""
        return self.torch.randn(*sizes, device=self.kind, dtype=self.torch.float32).to(dtype)

    def in_turn(self, make: Callable[[], tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Operands, endlessly, from as many copies as no cache holds."""
        first = make()
        size = sum(tensor.numel() * tensor.element_size() for tensor in first)
        copies = min(max(_BEYOND_CACHE[self.kind] // max(size, 1), 1), _MOST_COPIES)
        # Copies keep the strides of the operands, which may be transposed.
        others = [tuple(tensor.clone() for tensor in first) for _ in range(copies - 1)]
        return itertools.cycle([first, *others])

    def state(self) -> str:
        """Power, temperature and clocks now; empty where nobody tells."""
        return state.state(self._identity()) if self.kind == CUDA else ""

    def power_limit(self) -> float | None:
        """The limit in watts that is enforced; None where nobody tells."""
        return state.power_limit(self._identity()) if self.kind == CUDA else None

    def room(self) -> int:
        """Bytes that one measurement may take."""
        if self.kind == CPU:
            return _CPU_SHARE_OF_MEMORY
        free, _ = self.torch.cuda.mem_get_info()
        # What torch keeps for its next tensors is free too.
        kept = self.torch.cuda.memory_reserved() - self.torch.cuda.memory_allocated()
        return int((free + kept) * _SHARE_OF_MEMORY)

    def dtype(self, precision: Precision) -> Any:
        """The type of torch's tensors for a precision."""
        if precision == Precision.FP8:
            is_amd_gfx942 = self.kind == CUDA and "gfx942" in self._architecture()
            return self.torch.float8_e4m3fnuz if is_amd_gfx942 else self.torch.float8_e4m3fn
        return {
            Precision.BF16: self.torch.bfloat16,
            Precision.FP16: self.torch.float16,
            Precision.FP32: self.torch.float32,
        }[precision]

    def half(self) -> Precision:
        """The precision of 16 bits that the device computes in: BF16 unless it has none."""
        has_none = self.kind == CUDA and not self.torch.cuda.is_bf16_supported(
            including_emulation=False
        )
        return Precision.FP16 if has_none else Precision.BF16

    def _identity(self) -> str:
        """The first device as its driver knows it, which may number devices otherwise."""
        uuid = getattr(self.torch.cuda.get_device_properties(0), "uuid", None)
        return "0" if uuid is None else f"GPU-{uuid}"

    def _architecture(self) -> str:
        return str(getattr(self.torch.cuda.get_device_properties(0), "gcnArchName", ""))


def open_device(kind: str) -> Device:
    """The device asked for; by default an accelerator if there is one. Raises ScenarioError."""
    try:
        import torch  # noqa: PLC0415 - an extra, and seconds to import
    except ImportError:
        raise ScenarioError("dsexplore measure", "no torch to measure with", _EXTRA) from None
    has_cuda = torch.cuda.is_available()
    if kind == CUDA and not has_cuda:
        found = "no accelerator that torch can use"
        raise ScenarioError("--device", found, f"{CPU}, or a torch built for your accelerator")
    chosen = CUDA if has_cuda and kind != CPU else CPU
    # What torch says of its own names is not for the user.
    warnings.filterwarnings("ignore", module="torch")
    torch.manual_seed(0)
    return Device(torch, chosen)


def machine_of(device: Device) -> Machine:
    """What the device says of itself."""
    torch = device.torch
    if device.kind == CPU:
        threads = torch.get_num_threads()
        name = f"{_processor()}, {threads} thread{'s' * (threads > 1)}"
        capability = torch.backends.cpu.get_cpu_capability()
        software = f"torch {torch.__version__} on a CPU with {capability}"
        return Machine(name=name, devices=1, software=software)
    properties = torch.cuda.get_device_properties(0)
    has_fp8 = properties.major >= 9 or (properties.major, properties.minor) == (8, 9)
    return Machine(
        name=str(properties.name),
        devices=int(torch.cuda.device_count()),
        memory_bytes=int(properties.total_memory),
        multiprocessors=int(properties.multi_processor_count),
        power_limit=device.power_limit(),
        # AMD numbers its devices otherwise; what FP8 products do will tell.
        has_fp8=None if torch.version.hip else bool(has_fp8),
        software=", ".join(_versions(torch)),
    )


def _versions(torch: Any) -> Iterator[str]:
    yield f"torch {torch.__version__}"
    if torch.version.hip:
        yield f"ROCm {torch.version.hip}"
    if torch.version.cuda:
        yield f"CUDA {torch.version.cuda}"
    if driver := state.driver():
        yield f"driver {driver}"
    if torch.backends.cudnn.is_available():
        yield f"cuDNN {torch.backends.cudnn.version()}"


def _processor() -> str:
    """The processor's name by Linux, or by Python where Linux does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or shown(platform.machine())
