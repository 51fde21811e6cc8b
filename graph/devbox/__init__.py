"""Runloop devboxes: the REST client, the command that asks Ollama, and the box that runs here."""
