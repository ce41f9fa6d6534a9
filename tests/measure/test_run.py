"""A session's time: what fits is measured, the smallest first, and the rest is said."""

from __future__ import annotations

from types import SimpleNamespace

from dsexplore.measure.measurement import Kernel, Precision
from dsexplore.measure.run import Subject, measure
from dsexplore.measure.timing import issued, timed
from dsexplore.measure.trial import Trial


class Clock:
    """A clock that only work moves, for a device that does 1 FLOP a second for one of work."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def work(self, seconds: float) -> None:
        self.now += seconds


def device(room: int = 1 << 40) -> SimpleNamespace:
    torch = SimpleNamespace(OutOfMemoryError=MemoryError)
    return SimpleNamespace(
        torch=torch, wait=lambda: None, room=lambda: room, state=lambda: "", kind="cpu"
    )


def trial(clock: Clock, work: float, **more: object) -> Trial:
    return Trial(
        Kernel.PRODUCT,
        {"m": round(work)},
        work,
        "FLOP",
        lambda: lambda: clock.work(work),
        timer=lambda call, wait, allowance: timed(call, wait, allowance, clock=clock),
        **more,
    )


def test_a_median_is_of_calls_alone_and_its_spread_of_the_repetitions():
    clock = Clock()
    each = iter([9.0, *[1.0] * 2, 3.0, 1.0, 2.0, 5.0, 4.0, *[3.0] * 40])
    found = timed(lambda: clock.work(next(each)), lambda: None, 8.0, clock=clock)
    assert found.fastest <= found.seconds <= found.slowest
    assert found.slowest < 9, "the first call makes what later ones find made"


def test_the_hosts_time_ends_before_the_device_is_done():
    clock = Clock()
    found = issued(lambda: clock.work(0.001), lambda: clock.work(10.0), 1.0, calls=10, clock=clock)
    assert round(found.seconds, 9) == 0.001


def test_sizes_that_do_not_fit_are_left_out_and_said():
    clock = Clock()
    sizes = [1.0, 2.0, 4.0, 10_000.0]
    subject = Subject("products", 1, lambda _: [trial(clock, work) for work in sizes])
    found = measure(device(), 100.0, lambda *_: None, subjects=[subject], clock=clock)
    assert [each.sizes["m"] for each in found.measurements] == [1, 2, 4]
    assert [round(each.rate, 6) for each in found.measurements] == [1, 1, 1]
    assert clock.now < 200
    (said,) = found.left_out
    assert said == "matrix product bf16: 1 larger sizes, for want of time"


def test_what_a_device_cannot_do_is_tried_once_and_said():
    clock, tried = Clock(), []

    def refuse() -> None:
        tried.append(1)
        raise RuntimeError("no FP8 here\nand more")

    def trials(_: object) -> list[Trial]:
        refused = [
            Trial(Kernel.PRODUCT, {}, work, "FLOP", refuse, precision=Precision.FP8)
            for work in (1.0, 2.0)
        ]
        return [*refused, trial(clock, 1.0), trial(clock, 2.0, memory=1 << 50)]

    subject = Subject("products", 1, trials)
    found = measure(device(), 100.0, lambda *_: None, subjects=[subject], clock=clock)
    assert len(tried) == 1
    assert len(found.measurements) == 1
    assert found.left_out == [
        "matrix product fp8: no FP8 here",
        "matrix product bf16: 1 sizes beyond the memory",
    ]
