"""Twice of one thing: what is twice as much of, and what half."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from tests.points import holds_at
from tests.strategies import shipped

V3, LLAMA, R1_ZERO = "deepseek-v3", "llama-3.1-405b", "deepseek-r1-zero-predicted"
LAYOUT: dict[str, dict[str, object]] = {
    # Kernels slow enough that twice as fast they are still below the peak.
    V3: {"utilization": "predicted", "kernel_factor": 0.4},
    LLAMA: {
        **{"utilization": "predicted", "layers_per_stage": "balanced", "kernel_factor": 0.4},
        # What gradients wait for does not follow the rest.
        **{"communication_overlap": 1},
        # A message's latency is the same, however much it carries.
        **{"scale_up_latency": 0, "scale_out_latency": 0, "collective_call_time": 0},
        **{"scale_out_call_time": 0, "ramp_time": 0, "scale_out_ramp_time": 0},
    },
    R1_ZERO: {"rl_placement": "disaggregated"},
}
TWICE = {
    # Each micro-batch is sent to its experts, and each group of GPUs has as many more to sum.
    (V3, "global_batch_size"): (
        "micro_batches tokens_per_step pipeline_bytes pipeline_time expert_exchanges"
        " dispatch_bytes combine_bytes exchange_time dispatch_time combine_time"
    ),
    (LLAMA, "global_batch_size"): (
        "tensor_parallel_bytes tensor_parallel_time passes_alone forward_alone_time"
        " backward_alone_time passes_time compute_time"
    ),
    # A larger micro-batch is more of everything that is done with it at once.
    (V3, "micro_batch_size"): (
        "tokens_per_micro_batch elements_per_micro_batch first_gpu_activations"
        " middle_gpu_activations head_logits activation_memory layer_gemm_flops"
        " layer_attention_flops layer_attention_time layer_moved_bytes layer_moving_time"
        " layer_requantised_bytes layer_again_bytes last_gpu_activations layer_scaling_time"
        " layer_input_values layer_output_values expert_rows layer_backward_scaling_time"
    ),
    (LLAMA, "micro_batch_size"): (
        "all_reduce_bytes layer_forward_waiting_time layer_backward_waiting_time"
        " forward_communication_time backward_communication_time"
    ),
    (V3, "kernel_factor"): "bf16_gemm_rate gemm_rate attention_rate",
    (LLAMA, "kernel_factor"): "bf16_gemm_rate gemm_rate attention_rate",
    (V3, "block_128_gemm_efficiency"): "gemm_share gemm_rate",
    (V3, "gemm_efficiency"): "bf16_gemm_rate",
    (V3, "attention_efficiency"): "attention_rate",
    (V3, "attention_backward_efficiency"): "attention_backward_rate",
    (V3, "memory_efficiency"): "memory_rate",
    (V3, "memory_factor"): "layer_moving_time",
    (V3, "straggler_slowdown"): "straggler_time",
    (V3, "num_layers"): (
        "attention_parameters attention_flops_per_token attention_flops_per_token_full"
        " layers_of_full_stage moe_layers_of_middle_stage kv_cache_bytes_per_token"
        " kv_cache_per_request decode_attention_time"
        " prefill_attention_time_per_token"
    ),
    (LLAMA, "num_layers"): (
        "dense_ffn_parameters slowest_stage_layers first_stage_bytes middle_stage_bytes"
        " first_gpu_activations tensor_parallel_bytes tensor_parallel_time"
        " decode_all_reduces_time"
    ),
    (V3, "vocab_size"): (
        "embedding_parameters head_weights head_parameters head_flops_per_token head_in_layers"
        " head_logits"
    ),
    (LLAMA, "num_kv_heads"): (
        "key_value_projection kv_cache_bytes_per_token kv_cache_read_time serving_cache_memory"
    ),
    (V3, "moe_intermediate_size"): (
        "expert_parameters routed_expert_parameters shared_experts_per_layer"
        " active_expert_parameters expert_layer_parameters replicated_expert_parameters"
        " shared_expert_width served_expert_parameters held_expert_parameters"
        " decode_expert_bytes"
    ),
    (V3, "num_routed_experts"): "routed_expert_parameters router_weights expert_layer_parameters",
    (V3, "mtp_layers"): "mtp_parameters prediction_moe_layers prediction_bytes",
    (V3, "num_gpus"): "num_nodes data_parallel expert_data_parallel replicas post_training_gpus",
    (LLAMA, "num_gpus"): "failures_per_hour failures_per_day cluster_cost",
    (V3, "decode_batch"): "decode_tokens decode_pass_tokens serving_cache_memory",
    (LLAMA, "decode_batch"): "decode_message_bytes",
    (V3, "kv_length"): (
        "kv_cache_per_request decode_attended_tokens prompt_tokens"
        " serving_cache_memory prefill_attended_tokens"
    ),
    (V3, "power_usage_effectiveness"): "energy carbon energy_cost",
    (R1_ZERO, "questions_per_step"): (
        "rl_samples_per_step rl_samples rl_prompt_tokens rl_rollouts rl_serial_tokens"
        " rl_serial_days"
        " weight_transfer_gpu_hours rl_overhead_gpu_hours"
    ),
    (R1_ZERO, "rl_gradient_steps"): "first_rl_steps rl_sampled_steps rl_samples rl_rollouts",
    (R1_ZERO, "log_probability_passes"): "rl_log_probability_flops log_probability_time",
    (R1_ZERO, "response_length"): ("rl_generated_tokens rl_mean_serial_tokens rl_update_flops"),
    (R1_ZERO, "rl_num_gpus"): "rl_gpus rl_generators rl_trainers weight_transfer_gpu_hours",
    (R1_ZERO, "generator_share"): "rl_generators",
}
HALF = {
    (V3, "global_batch_size"): "optimizer_steps",
    (V3, "micro_batch_size"): "micro_batches expert_exchanges",
    (LLAMA, "scale_out_efficiency"): "pipeline_send_time pipeline_time data_parallel_time",
    (LLAMA, "network_efficiency"): (
        "all_reduce_time tensor_parallel_time layer_forward_waiting_time"
        " layer_backward_waiting_time"
    ),
    (V3, "kernel_factor"): ("layer_attention_time layer_attention_backward_time"),
    (V3, "memory_efficiency"): (
        "layer_moving_time layer_scaling_time optimizer_time prefill_moving_time_per_token"
    ),
    (LLAMA, "weight_read_efficiency"): "decode_dense_read_time",
    (V3, "all_to_all_efficiency"): ("prefill_exchange_time_per_token"),
    (V3, "exchange_beside_compute"): "layer_overlapped_exchange_time",
    (V3, "num_routed_experts"): "expert_activation_share",
    (V3, "num_gpus"): (
        "micro_batches pipeline_bytes pipeline_time expert_exchanges dispatch_bytes"
        " combine_bytes exchange_time expert_dispatch_days optimizer_memory"
    ),
    (LLAMA, "num_gpus"): (
        "tensor_parallel_bytes tensor_parallel_time passes_time compute_time gradient_memory"
        " time_between_failures"
    ),
    (V3, "decode_batch"): "decode_network_speed_limit",
    (R1_ZERO, "questions_per_step"): "rl_mini_batches",
    (R1_ZERO, "rl_num_gpus"): "rollout_prefill_time",
    (R1_ZERO, "generator_share"): "rollout_batch rollout_prefill_time",
}
CASES = [
    pytest.param(*case, times, names.split(), id=f"{case[1]} of {case[0]}, {times:g} times")
    for table, times in ((TWICE, 2.0), (HALF, 0.5))
    for case, names in table.items()
]


@holds_at(("scenario", "field", "times", "names"), CASES)
def test_twice_of_one_thing(scenario: str, field: str, times: float, names: list[str]) -> None:
    inputs = shipped(scenario).with_values(LAYOUT[scenario]).inputs()
    once = evaluate(inputs)
    twice = evaluate({**inputs, field: 2 * inputs[field]})  # type: ignore[operator]
    for name in names:
        assert once[name] > 0, name
        assert twice[name] == pytest.approx(times * once[name], rel=1e-9), name
