"""Chat models: Qwen through Runloop, and the cloud models with their fallbacks."""
