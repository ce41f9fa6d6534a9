"""Words that would act on a terminal, and files full of them."""

from __future__ import annotations

# Every kind of character that acts on a terminal or hides on it, and what would be a line of its
# own after each that ends one.
ENDS = ("\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029")
EVIL = (
    "a\x1b[2J\x9b31m\x1b]0;t\x07\x1b]52;c;QQ==\x1b\\\x7f\x08\x00\u202e\u2066\u200b\u00ad\ufeff\u3164\U000e0100"
    + "".join(f"{end}FORGED | row,row" for end in ENDS)
    + " <b>&lt; [l](javascript:x) `c` *b* [bold]m[/]"
)
# A file's name can be neither as long nor hold NUL or a stroke, and need not be UTF-8.
EVIL_NAME = "\x1b[2J\x9b31m\u202e\u200b\n\u2028FORGED\udcff"


def quoted(text: str) -> str:
    """Text as a TOML string."""
    return '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'


SCENARIO = f"""schema = 1
title = {quoted(EVIL)}
description = {quoted(EVIL)}
[architecture]
preset = "deepseek-v3"
[notes]
num_layers = {quoted(EVIL)}
[sources]
{quoted(EVIL)} = ["num_layers"]
"""
CLAIMS = f"""title = {quoted(EVIL)}
source = {quoted(EVIL)}
[[claim]]
id = "e1"
claim = {quoted(EVIL)}
states = "$9M"
unit = "USD"
scenario = "deepseek-v3"
gives = "total_cost + {EVIL.count("x")}"
expected = "rough"
note = {quoted(EVIL)}
[[claim]]
id = "e2"
claim = {quoted("=1+1" + EVIL)}
states = 3
unit = {quoted(EVIL)}
disclosed = true
"""
RUNS = "".join(
    f"""[[run]]
name = {quoted(f"{number}{EVIL}")}
stack = {quoted(EVIL)}
gpu = "h100-80gb-sxm"
num_gpus = 128
architecture = {{ preset = "llama-3-8b" }}
parallelism = {{ tensor_parallel = 2, pipeline_parallel = 1 }}
pretraining = {{ sequence_length = 8192, global_batch_size = 512, precision = "bf16" }}
assumed = {{ micro_batch_size = 1 }}
measured = {{ mfu = 0.4{number} }}
source = {quoted(EVIL)}
"""
    for number in (1, 2)
)
CONFIG: dict[str, object] = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "_name_or_path": "\ud800" + EVIL,
}
