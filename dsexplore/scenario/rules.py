"""Rules between fields: what each allows of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsexplore.scenario.errors import ScenarioError

if TYPE_CHECKING:
    from dsexplore.scenario.reinforcement import Reinforcement
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
    _check_caps(scenario.reinforcement)
    _check_reinforcement(scenario.reinforcement)


def _check_caps(stated: Reinforcement) -> None:
    mean, cap = stated.response_length, stated.max_response_length
    if 0 < cap < mean:
        allowed = f"0, or at least the mean ({mean:g} tokens)"
        raise ScenarioError("max_response_length", f"{cap:g}", allowed)
    raised = stated.raised_response_length
    if 0 < raised < cap:
        allowed = f"0, or at least max_response_length ({cap:g} tokens), which it raises"
        raise ScenarioError("raised_response_length", f"{raised:g}", allowed)


def _check_reinforcement(stated: Reinforcement) -> None:
    if stated.rl_gradient_steps == 0 and stated.last_phase_gradient_steps == 0:
        return  # nothing is run that could not be
    if stated.rl_algorithm == "grpo" and stated.group_size == 1:
        allowed = "at least 2: GRPO compares the answers of a group (rl_algorithm ppo does not)"
        raise ScenarioError("group_size", "1", allowed)
    if stated.rl_placement == "disaggregated" and stated.generator_share in (0, 1):
        allowed = "above 0 % and below 100 %, so that some generate and some learn"
        raise ScenarioError("generator_share", f"{100 * stated.generator_share:g} %", allowed)
