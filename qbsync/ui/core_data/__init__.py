"""The Core data screen: what was loaded from ProForge Core."""
