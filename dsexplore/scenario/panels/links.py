"""Links: the part of the hardware panel about collectives within nodes and between them."""

from __future__ import annotations

from dsexplore.scenario.declare import count, number
from dsexplore.scenario.panel import SHEET, Part


class Links(Part):
    """How long a collective takes beside its bytes, and what it reaches of each network."""

    collective_call_time: float | None = number(
        "Collective call",
        "second",
        "Time to start a collective, before its first step; by default an H100's.",
        section="Links, as measured",
        default=5.2e-6,
        le=1,
        comes_with=SHEET,
    )
    all_reduce_gain: float = number(
        "All-reduce gain",
        "",
        "Bandwidth of an all-reduce within a node over that of an all-gather; above 1 where "
        "switches do the sums.",
        default=1.0,
        ge=0.1,
        le=4,
        comes_with=SHEET,
    )
    small_group_loss: float = number(
        "Small-group loss",
        "",
        "Share of the bandwidth that a small group lacks within a node, times its ranks. 0.8: "
        "switches, measured; 1.7: a mesh, where a pair has one link of seven.",
        default=0.8,
        le=1.9,
        comes_with=SHEET,
    )
    ramp_time: float = number(
        "Collective ramp",
        "second",
        "Time that a collective of many bytes takes within a node beyond moving them, per square "
        "root of its steps; by default an H100's.",
        default=16.7e-6,
        le=1,
        comes_with=SHEET,
    )
    ramp_size: float = number(
        "Ramp size",
        "byte",
        "Bytes per rank at which a collective within a node takes half of its ramp; by default an "
        "H100's.",
        default=1.83e6,
        le=1e12,
        comes_with=SHEET,
    )
    scale_out_efficiency: float = number(
        "Scale-out efficiency",
        "fraction",
        "Share of the scale-out bandwidth that large collectives reach; by default that of "
        "InfiniBand and EFA on H100.",
        default=0.86,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
        role="premise",
    )
    scale_out_call_time: float | None = number(
        "Scale-out call",
        "second",
        "Time to start a collective between nodes, beside its call within; by default an H20's "
        "over InfiniBand (NVIDIA/nccl issue 1244). On EFA it is 45 us.",
        default=25e-6,
        le=1,
        comes_with=SHEET,
        role="premise",
    )
    scale_out_ramp_time: float = number(
        "Scale-out ramp",
        "second",
        "Time that a collective of many bytes takes between nodes beyond moving them, per square "
        "root of its steps; by default that of EFA on H100.",
        default=47e-6,
        le=1,
        comes_with=SHEET,
        role="premise",
    )
    scale_out_ramp_size: float = number(
        "Scale-out ramp size",
        "byte",
        "Bytes per rank at which a collective between nodes takes half of its ramp.",
        default=4000.0,
        le=1e12,
        comes_with=SHEET,
        role="premise",
    )
    exchange_call_time: float | None = number(
        "Expert exchange call",
        "second",
        "Time of a dispatch or combine of few tokens; by default DeepEP's on H100, 27 us of "
        "dispatch and 49 of combine.",
        default=38e-6,
        le=1,
        comes_with=SHEET,
    )
    exchange_efficiency: float = number(
        "Expert exchange rate",
        "fraction",
        "Share of the scale-up bandwidth that dispatch and combine of many tokens reach without "
        "compute beside them.",
        default=0.64,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    exchange_sms: int = count(
        "Exchange SMs",
        "SM",
        "Streaming multiprocessors that DeepEP takes where none are lent to communication.",
        default=20,
        gt=0,
        le=1_000,
    )
    exchange_sm_rate: float = number(
        "Exchange rate per SM",
        "byte/s",
        "Bandwidth within a node that DeepEP reaches with each streaming multiprocessor: 14 to 18 "
        "GB/s on H100, H200 and B200 alike.",
        default=15.5e9,
        ge=1e6,
        le=1e15,
    )
    exchange_beside_compute: float = number(
        "Exchange with compute",
        "fraction",
        "Rate of dispatch and combine beside compute, over their rate alone.",
        default=0.72,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    small_all_reduce_time: float = number(
        "Small all-reduce",
        "second",
        "Time of an all-reduce of few bytes within a node that is captured in a graph, as in "
        "decoding; called eagerly it takes 20 us and more, on the host.",
        section="Serving's messages",
        default=4e-6,
        le=1,
        assumed="near the H100's, measured",
        comes_with=SHEET,
    )
    small_exchange_time: float = number(
        "Small exchange",
        "second",
        "Time of a dispatch or combine of few tokens within a node by kernels made for decoding.",
        default=14e-6,
        le=1,
        comes_with=SHEET,
    )
    small_exchange_far_time: float = number(
        "Far small exchange",
        "second",
        "Time that a dispatch or combine of few tokens takes longer between nodes.",
        default=14e-6,
        le=1,
        comes_with=SHEET,
    )
    small_exchange_rate: float = number(
        "Small exchange rate",
        "fraction",
        "Share of the scale-up bandwidth reached by dispatch and combine made for decoding.",
        default=0.55,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
    small_exchange_far_rate: float = number(
        "Far exchange rate",
        "fraction",
        "Share of the scale-out bandwidth reached by dispatch and combine made for decoding.",
        default=0.85,
        ge=1e-3,
        le=1,
        comes_with=SHEET,
    )
