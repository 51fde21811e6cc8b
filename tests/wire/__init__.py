"""Loopback servers that speak the providers' wire formats, for tests through the real SDKs."""
