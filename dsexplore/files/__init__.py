"""TOML and JSON on disk."""
