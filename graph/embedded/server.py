"""The embedded model as a server on loopback that speaks Ollama's API."""

from __future__ import annotations

from graph.background import BackgroundServer
from graph.embedded.engine import Engine
from graph.embedded.ollama_api import create_app
from graph.embedded.weights import ModelFile


class EmbeddedOllama:
    """A running server; made by `start`, ended by `close`.

    Attributes:
        model: The file that it serves; `model.name` is its name in the API.
    """

    def __init__(self, engine: Engine, server: BackgroundServer, model: ModelFile) -> None:
        self.model = model
        self._engine = engine
        self._server = server

    @classmethod
    def start(cls, model: ModelFile, *, threads: int | None = None) -> EmbeddedOllama:
        """Load the model and serve it on a free port; blocks for some seconds.

        Args:
            model: What `weights.resolve_model` found.
            threads: Threads that compute; None: the usable cores, at most 8.

        Raises:
            ConfigurationError: xllamacpp is missing, or cannot load the file.
        """
        engine = Engine(model.path, threads=threads)
        engine.load()
        server = BackgroundServer(create_app(engine, model), name="embedded-ollama")
        try:
            server.start()
        except BaseException:
            engine.close()
            raise
        return cls(engine, server, model)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`."""
        return self._server.url

    def close(self) -> None:
        """End every chat, stop serving and free the model; safe to call twice."""
        self._engine.close()
        self._server.close()
