"""Owning: the part of the hardware panel about purchase, power and carbon."""

from __future__ import annotations

from dsexplore.scenario.declare import name, number
from dsexplore.scenario.field import ABOVE_ZERO
from dsexplore.scenario.panel import SHEET, Part

# The field that brings along what is known of a place's electricity.
GRID = "grid"


class Owning(Part):
    """Prices of accelerators that are bought, and of the power they draw."""

    gpu_price: float | None = number(
        "Purchase price",
        "USD",
        "Price to buy one accelerator, with its share of server and network.",
        section="Owning and power",
        default=None,
        le=1e9,
    )
    gpu_lifetime: float | None = number(
        "GPU lifetime", "year",
        "Years over which a bought accelerator is written off.",
        default=4.0, ge=0.01, le=100, assumed="a server's usual span",
    )  # fmt: skip
    cost_of_capital: float = number(
        "Cost of capital", "fraction",
        "Yearly rate on the money tied up in bought accelerators: interest, or what it would earn.",
        default=0.0, le=1,
    )  # fmt: skip
    idle_share: float = number(
        "Idle share", "fraction",
        "Share of a bought accelerator's hours in which it stands idle.",
        default=0.0, le=0.99, stays=True,
    )  # fmt: skip
    gpu_power: float | None = number(
        "Power per GPU",
        "watt",
        "Power of one accelerator under load.",
        default=None,
        le=1e6,
        comes_with=SHEET,
    )
    power_limit: float = number(
        "Power limit",
        "watt",
        "Power that one accelerator is held to; 0: its own.",
        default=0.0,
        le=1e6,
        role="premise",
    )
    power_exponent: float = number(
        "Clock per power",
        "",
        "Exponent with which the clock follows a lower power; 1/3: voltage falls with the clock.",
        default=1 / 3,
        ge=0.05,
        le=1,
        applies=("power_limit", ABOVE_ZERO),
    )
    grid: str = name(
        "Grid",
        "Where the electricity comes from: brings its price, carbon, and PUE and water of a site.",
        default="assumed",
        picks="grids",
        stays=True,
    )
    power_usage_effectiveness: float | None = number(
        "PUE",
        "",
        "Power usage effectiveness: the site's power over the accelerators'.",
        default=1.2,
        assumed="a large site's",
        ge=1,
        le=10,
        comes_with=GRID,
        role="convention",
        stays=True,
    )
    electricity_price: float | None = number(
        "Electricity price",
        "USD/kWh",
        "Price of a kilowatt-hour.",
        default=0.1,
        assumed="what an industrial site pays",
        le=100,
        comes_with=GRID,
        role="convention",
        stays=True,
    )
    carbon_intensity: float | None = number(
        "Carbon intensity",
        "gram/kWh",
        "CO2 emitted per kilowatt-hour.",
        default=400.0,
        assumed="a mixed grid's",
        le=10_000,
        comes_with=GRID,
        role="convention",
        stays=True,
    )
    water_usage_effectiveness: float | None = number(
        "WUE",
        "litre/kWh",
        "Water usage effectiveness: water evaporated at the site per kilowatt-hour of the "
        "accelerators; that of power plants is not in it.",
        default=0.3,
        assumed="Microsoft's mean of 2024",
        le=1000,
        comes_with=GRID,
        role="convention",
        stays=True,
    )
