"""The ProForge Core edge: reading its exports."""
