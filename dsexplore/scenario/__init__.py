"""What the user states: fields with units, presets, TOML in and out."""
