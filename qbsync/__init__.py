"""QuickBooks Sync for ProForge Core: keep a contractor's books the same in both systems."""

__version__ = "0.1.0"
