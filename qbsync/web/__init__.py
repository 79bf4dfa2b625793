"""The web routes beside the dashboard: the sign-in return from QuickBooks and the health check."""
