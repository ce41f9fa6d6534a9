"""Rules between fields: what each allows of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsexplore.scenario.errors import ScenarioError

if TYPE_CHECKING:
    from dsexplore.scenario.scenario import Scenario

# Each: a field, and the field that it may not exceed.
_AT_MOST = (
    ("experts_per_token", "num_routed_experts"),
    ("num_dense_layers", "num_layers"),
    ("windowed_layers", "num_layers"),
    ("num_kv_heads", "num_attention_heads"),
    ("communication_sms", "sm_count"),
)


def check_rules(scenario: Scenario) -> None:
    """Raises ScenarioError for the first pair of fields that cannot both be."""
    for low, high in _AT_MOST:
        if low == "num_kv_heads" and scenario.architecture.attention == "mla":
            continue  # latent attention has no KV heads
        smaller, larger = scenario.value(low), scenario.value(high)
        if smaller is None or larger is None:
            continue
        assert isinstance(smaller, int) and isinstance(larger, int)
        if smaller > larger:
            raise ScenarioError(low, f"{smaller}", f"at most {larger}, the value of {high}")
    longest = scenario.reinforcement.max_response_length
    if 0 < longest < scenario.reinforcement.response_length:
        raise ScenarioError(
            "max_response_length",
            f"{longest:g}",
            f"0, or at least the mean ({scenario.reinforcement.response_length:g} tokens)",
        )
