"""Qwen2.5-Coder in this process, behind Ollama's HTTP API on loopback.

`weights` finds and verifies the model's file, `engine` runs it, `ollama_api` speaks Ollama's
protocol, `server` puts the three together.
"""
