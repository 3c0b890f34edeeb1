"""The vault: what a co-op knows of a person, sealed with keys that can be destroyed."""
