"""The HTML report: one file, no network, light and dark."""
