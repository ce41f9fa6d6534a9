"""Prompts: how long they are, what of them is computed, and what a token of one looks back on."""

from dsexplore.engine.again import once_more
from dsexplore.engine.elementwise import larger, ratio, where
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import DEFINITION, WINDOWS
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layer_pattern import CHUNKED, has_kinds


@quantity("token", assumes="A prompt of no stated length is as long as the context.")
def prompt_tokens(serving_prompt_length, kv_length):
    """Tokens per prompt, cached ones included."""
    return stated_or(serving_prompt_length, kv_length)


@quantity("fraction", source=DEFINITION)
def computed_input_share(cache_hit_rate):
    """Share of prompt tokens that are computed, not taken from the cache."""
    return 1 - cache_hit_rate


@quantity("token", source=DEFINITION)
def prefill_scored_tokens(prompt_tokens, cache_hit_rate):
    """Tokens before a computed prompt token, on average, cached ones included."""
    return prompt_tokens * (1 + cache_hit_rate) / 2


prefill_picked_entries = once_more(
    "picked_entries",
    "Most entries that a csa layer attends to in prefill: those its indexer picks, or all.",
    sequence_length="prompt_tokens",
)


prefill_attended_entries = once_more(
    "attended_entries",
    "Compressed entries that a computed prompt token attends to, in a mean bounded layer.",
    scored_tokens="prefill_scored_tokens",
    attended_length="prompt_tokens",
    picked_entries="prefill_picked_entries",
)


@quantity("token", source=WINDOWS)
def prefill_attended_tokens(
    prompt_tokens,
    cache_hit_rate,
    computed_input_share,
    prefill_scored_tokens,
    prefill_attention_span,
    bounded_layer_share,
    layer_pattern,
    attention_window,
    prefill_attended_entries,
):
    """Tokens that a computed prompt token looks back on, on average, cached ones included."""
    # A full window, less what the first computed tokens lack of one; so no large terms cancel.
    growing = larger(prefill_attention_span - cache_hit_rate * prompt_tokens, 0.0)
    growing_share = ratio(growing, computed_input_share * prompt_tokens)
    bounded = prefill_attention_span - if_any(growing, growing_share * growing / 2)
    if has_kinds(layer_pattern, CHUNKED):
        bounded = where(prompt_tokens > attention_window, prefill_attention_span / 2, bounded)
    bounded = bounded + prefill_attended_entries
    return (1 - bounded_layer_share) * prefill_scored_tokens + bounded_layer_share * bounded
