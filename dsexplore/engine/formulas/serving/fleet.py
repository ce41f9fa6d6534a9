"""A serving fleet: accelerators for a day's tokens, their cost, and what the tokens bring in."""

from dsexplore.engine.again import once_more
from dsexplore.engine.constants import (
    HOURS_PER_DAY,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    TOKENS_PER_MILLION,
)
from dsexplore.engine.elementwise import ratio, without_unknown
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import DEFINITION, V3_SERVICE
from dsexplore.engine.quantity import quantity


# Accelerators
@quantity("GPU", source=DEFINITION, better="less")
def decode_gpus_needed(output_tokens_per_day, mean_decode_tokens_per_second_per_gpu):
    """Accelerators for generating a day's tokens, none ever idle."""
    per_second = output_tokens_per_day / SECONDS_PER_DAY
    needed = ratio(per_second, mean_decode_tokens_per_second_per_gpu)
    return if_any(output_tokens_per_day, needed)


@quantity("token/day", source=DEFINITION)
def computed_input_tokens_per_day(input_tokens_per_day, computed_input_share):
    """Prompt tokens computed per day, without those from the cache."""
    return input_tokens_per_day * computed_input_share


prefill_gpus_needed = once_more(
    "decode_gpus_needed",
    "Accelerators for reading a day's prompts, none ever idle.",
    output_tokens_per_day="computed_input_tokens_per_day",
    mean_decode_tokens_per_second_per_gpu="computed_prefill_tokens_per_second_per_gpu",
)


@quantity(
    "GPU",
    assumes="Accelerators decode and read in turn, or each kind has as many as it needs; none is "
    "idle.",
)
def serving_gpus_needed(decode_gpus_needed, prefill_gpus_needed):
    """Accelerators for a day's tokens, decoding and prefill in turn or apart, none ever idle."""
    return decode_gpus_needed + prefill_gpus_needed


@quantity("GPU", source=DEFINITION, better="less")
def serving_gpus_held(serving_gpus, serving_gpus_needed):
    """Accelerators paid for: as stated, or as many as are needed."""
    return stated_or(serving_gpus, serving_gpus_needed)


@quantity("fraction", source=DEFINITION)
def serving_utilization(serving_gpus_needed, serving_gpus_held):
    """Share of the held accelerators' time that the tokens need; above 1 they are too few."""
    return ratio(serving_gpus_needed, serving_gpus_held)


# Cost
@quantity("USD/day", source=V3_SERVICE, better="less")
def serving_cost_per_day(serving_gpus_held, price_per_gpu_hour):
    """Rent of the serving accelerators per day."""
    return without_unknown(serving_gpus_held * HOURS_PER_DAY, price_per_gpu_hour)


@quantity("USD/Mtoken", source=DEFINITION, better="less")
def cost_per_million_output_tokens(price_per_gpu_hour, decode_tokens_per_second_per_gpu):
    """Rent per million generated tokens on accelerators never idle."""
    per_hour = decode_tokens_per_second_per_gpu * SECONDS_PER_HOUR
    return ratio(price_per_gpu_hour, per_hour / TOKENS_PER_MILLION)


cost_per_million_input_tokens = once_more(
    "cost_per_million_output_tokens",
    "Rent per million prompt tokens on accelerators never idle, cached ones included.",
    decode_tokens_per_second_per_gpu="prefill_tokens_per_second_per_gpu",
)


# Money
@quantity("USD/Mtoken", source=DEFINITION)
def mean_input_price(input_price, cached_input_price, cache_hit_rate, computed_input_share):
    """Price per million prompt tokens, cached ones at their own price."""
    return computed_input_share * input_price + cache_hit_rate * cached_input_price


@quantity("USD/day", source=DEFINITION, better="more")
def input_revenue_per_day(input_tokens_per_day, mean_input_price):
    """Revenue per day from prompt tokens."""
    return input_tokens_per_day / TOKENS_PER_MILLION * mean_input_price


output_revenue_per_day = once_more(
    "input_revenue_per_day",
    "Revenue per day from generated tokens.",
    input_tokens_per_day="output_tokens_per_day",
    mean_input_price="output_price",
)


@quantity("USD/day", source=V3_SERVICE, better="more")
def revenue_per_day(input_revenue_per_day, output_revenue_per_day):
    """Revenue per day at the stated prices, no token given away."""
    return input_revenue_per_day + output_revenue_per_day


@quantity("USD/day", source=V3_SERVICE, better="more")
def profit_per_day(revenue_per_day, serving_cost_per_day):
    """Profit per day: revenue less rent, negative for a loss."""
    return revenue_per_day - serving_cost_per_day


@quantity("fraction", source=V3_SERVICE, better="more")
def margin(profit_per_day, serving_cost_per_day):
    """Mark-up: profit over cost, as DeepSeek states it. Over revenue it is margin_of_revenue."""
    return ratio(profit_per_day, serving_cost_per_day)


@quantity("fraction", source=DEFINITION, better="more")
def margin_of_revenue(profit_per_day, revenue_per_day):
    """Margin: profit over revenue, as companies report it."""
    return ratio(profit_per_day, revenue_per_day)


@quantity("USD/Mtoken", source=DEFINITION)
def mean_token_price(revenue_per_day, input_tokens_per_day, output_tokens_per_day):
    """Revenue per million tokens, read and generated alike; unknown without any."""
    tokens = input_tokens_per_day + output_tokens_per_day
    return ratio(revenue_per_day, tokens / TOKENS_PER_MILLION)


@quantity("", source=DEFINITION, better="more")
def output_price_over_cost(output_price, cost_per_million_output_tokens):
    """Price of a generated token over its rent on accelerators never idle."""
    return ratio(output_price, cost_per_million_output_tokens)
