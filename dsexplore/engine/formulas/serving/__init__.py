"""Serving: KV cache, decoding, prefill and a fleet."""
