"""Serving: accelerators that a day's tokens need, what they cost and what the tokens bring in."""

from dsexplore.engine.constants import (
    HOURS_PER_DAY,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    TOKENS_PER_MILLION,
)
from dsexplore.engine.elementwise import ratio, without_unknown
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import DEFINITION, V3_SERVICE


# Accelerators
@quantity("GPU", source=DEFINITION)
def decode_gpus_needed(output_tokens_per_day, decode_tokens_per_second_per_gpu):
    """Accelerators that generate a day's tokens without ever being idle."""
    a_second = output_tokens_per_day / SECONDS_PER_DAY
    return if_any(output_tokens_per_day, ratio(a_second, decode_tokens_per_second_per_gpu))


@quantity("token/day", source=DEFINITION)
def computed_input_tokens_per_day(input_tokens_per_day, computed_input_share):
    """Tokens of a day's prompts that the cache does not hold."""
    return input_tokens_per_day * computed_input_share


@quantity("GPU", source=DEFINITION)
def prefill_gpus_needed(computed_input_tokens_per_day, computed_prefill_tokens_per_second_per_gpu):
    """Accelerators that read a day's prompts without ever being idle."""
    a_second = computed_input_tokens_per_day / SECONDS_PER_DAY
    needed = ratio(a_second, computed_prefill_tokens_per_second_per_gpu)
    return if_any(computed_input_tokens_per_day, needed)


@quantity("GPU", assumes="Decoding and prefill run on accelerators of their own, none ever idle.")
def serving_gpus_needed(decode_gpus_needed, prefill_gpus_needed):
    """Accelerators that a day's tokens need, decoding and reading apart, none ever idle."""
    return decode_gpus_needed + prefill_gpus_needed


@quantity("GPU", source=DEFINITION)
def serving_gpus_held(serving_gpus, serving_gpus_needed):
    """Accelerators that are paid for: as stated, or as many as are needed."""
    return stated_or(serving_gpus, serving_gpus_needed)


@quantity("fraction", source=DEFINITION)
def serving_utilization(serving_gpus_needed, serving_gpus_held):
    """Share of the held accelerators' time that the tokens need; above 1 they cannot be served."""
    return ratio(serving_gpus_needed, serving_gpus_held)


# Cost
@quantity("USD/day", source=V3_SERVICE)
def serving_cost_per_day(serving_gpus_held, price_per_gpu_hour):
    """Rent of the accelerators that serve, for a day."""
    return without_unknown(serving_gpus_held * HOURS_PER_DAY, price_per_gpu_hour)


@quantity("USD/Mtoken", source=DEFINITION)
def cost_per_million_output_tokens(price_per_gpu_hour, decode_tokens_per_second_per_gpu):
    """Rent of generating a million tokens on accelerators that are never idle."""
    an_hour = decode_tokens_per_second_per_gpu * SECONDS_PER_HOUR
    return ratio(price_per_gpu_hour, an_hour / TOKENS_PER_MILLION)


@quantity("USD/Mtoken", source=DEFINITION)
def cost_per_million_input_tokens(price_per_gpu_hour, prefill_tokens_per_second_per_gpu):
    """Rent of reading a million tokens, those from the cache included."""
    an_hour = prefill_tokens_per_second_per_gpu * SECONDS_PER_HOUR
    return ratio(price_per_gpu_hour, an_hour / TOKENS_PER_MILLION)


# Money
@quantity("USD/Mtoken", source=DEFINITION)
def mean_input_price(input_price, cached_input_price, cache_hit_rate, computed_input_share):
    """Price of a million tokens read, those from the cache at their own price."""
    return computed_input_share * input_price + cache_hit_rate * cached_input_price


@quantity("USD/day", source=DEFINITION)
def input_revenue_per_day(input_tokens_per_day, mean_input_price):
    """What a day's tokens read bring in."""
    return input_tokens_per_day / TOKENS_PER_MILLION * mean_input_price


@quantity("USD/day", source=DEFINITION)
def output_revenue_per_day(output_tokens_per_day, output_price):
    """What a day's generated tokens bring in."""
    return output_tokens_per_day / TOKENS_PER_MILLION * output_price


@quantity("USD/day", source=V3_SERVICE)
def revenue_per_day(input_revenue_per_day, output_revenue_per_day):
    """What a day's tokens bring in at the stated prices, none of them given away."""
    return input_revenue_per_day + output_revenue_per_day


@quantity("USD/day", source=V3_SERVICE)
def profit_per_day(revenue_per_day, serving_cost_per_day):
    """What a day brings in beyond its rent; negative for a loss."""
    return revenue_per_day - serving_cost_per_day


@quantity("fraction", source=V3_SERVICE)
def margin(profit_per_day, serving_cost_per_day):
    """Profit over cost, as DeepSeek states it, and not over revenue."""
    return ratio(profit_per_day, serving_cost_per_day)


@quantity("USD/Mtoken", source=DEFINITION)
def mean_token_price(revenue_per_day, input_tokens_per_day, output_tokens_per_day):
    """Revenue for a million tokens, read and generated alike; unknown where there are none."""
    tokens = input_tokens_per_day + output_tokens_per_day
    return ratio(revenue_per_day, tokens / TOKENS_PER_MILLION)


@quantity("", source=DEFINITION)
def output_price_over_cost(output_price, cost_per_million_output_tokens):
    """Price of a generated token over what generating it costs on accelerators never idle."""
    return ratio(output_price, cost_per_million_output_tokens)
