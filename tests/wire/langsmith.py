"""LangSmith on loopback: keeps datasets, examples, experiments, runs and feedback, and a log."""

from __future__ import annotations

import json
from email.parser import BytesParser
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graph.background import BackgroundServer

Body = dict[str, Any]
NOW = "2026-01-01T00:00:00+00:00"


class LangSmithServer:
    """What the SDK speaks to; `fails` makes it refuse runs."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.datasets: dict[str, Body] = {}
        self.examples: dict[str, Body] = {}
        self.projects: dict[str, Body] = {}
        self.runs: dict[str, Body] = {}
        self.feedback: dict[str, Body] = {}
        self.fails = False
        self._server = BackgroundServer(self._app(), name="langsmith")

    def __enter__(self) -> LangSmithServer:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return self._server.url

    def scores(self) -> dict[str, dict[str, float]]:
        """Feedback by example's row id."""
        found: dict[str, dict[str, float]] = {}
        for each in self.feedback.values():
            example = self.examples[self.runs[each["run_id"]]["reference_example_id"]]
            found.setdefault(example["metadata"]["row_id"], {})[each["key"]] = each["score"]
        return found

    def _app(self) -> Starlette:
        routes = [
            Route("/info", self._info),
            Route("/datasets", self._find_datasets),
            Route("/datasets", self._create_dataset, methods=["POST"]),
            Route("/examples", self._find_examples),
            Route(
                "/v1/platform/datasets/{dataset}/examples",
                self._put_examples,
                methods=["POST", "PATCH"],
            ),
            Route("/sessions", self._create_project, methods=["POST"]),
            Route("/sessions/{project}", self._end_project, methods=["PATCH"]),
            Route("/runs", self._create_run, methods=["POST"]),
            Route("/feedback", self._create_feedback, methods=["POST"]),
            Route("/runs/multipart", self._trace, methods=["POST"]),
            Route("/{rest:path}", self._unknown, methods=["GET", "POST", "PATCH", "PUT"]),
        ]
        return Starlette(routes=routes)

    def _log(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url.path}")

    async def _info(self, request: Request) -> Response:
        self._log(request)
        ingest = {"use_multipart_endpoint": True, "size_limit": 100, "size_limit_bytes": 20_971_520}
        return JSONResponse(
            {
                "version": "0.13.0",
                "batch_ingest_config": ingest,
                "instance_flags": {"dataset_examples_multipart_enabled": True},
            }
        )

    async def _find_datasets(self, request: Request) -> Response:
        self._log(request)
        name = request.query_params.get("name")
        return JSONResponse([each for each in self.datasets.values() if each["name"] == name])

    async def _create_dataset(self, request: Request) -> Response:
        self._log(request)
        sent = await request.json()
        made = {"id": str(uuid4()), "name": sent["name"], "created_at": NOW, "data_type": "kv"}
        self.datasets[made["id"]] = made
        return JSONResponse(made)

    async def _find_examples(self, request: Request) -> Response:
        self._log(request)
        dataset, offset = request.query_params["dataset"], int(request.query_params["offset"])
        found = [each for each in self.examples.values() if each["dataset_id"] == dataset]
        return JSONResponse(found[offset : offset + 100])

    async def _put_examples(self, request: Request) -> Response:
        self._log(request)
        ids = set()
        for name, value in await _parts(request):
            example, _, part = name.partition(".")
            ids.add(example)
            kept = self.examples.setdefault(
                example,
                {"id": example, "dataset_id": request.path_params["dataset"], "created_at": NOW},
            )
            kept.update({part: value} if part else value)
        return JSONResponse({"count": len(ids), "example_ids": sorted(ids), "as_of": NOW})

    async def _create_project(self, request: Request) -> Response:
        self._log(request)
        sent = await request.json()
        there = [each for each in self.projects.values() if each["name"] == sent["name"]]
        made = there[0] if there else {**sent, "start_time": NOW, "tenant_id": str(uuid4())}
        self.projects[made["id"]] = made
        return JSONResponse(made)

    async def _end_project(self, request: Request) -> Response:
        self._log(request)
        project = self.projects[request.path_params["project"]]
        project["end_time"] = (await request.json())["end_time"]
        return JSONResponse(project)

    async def _create_run(self, request: Request) -> Response:
        self._log(request)
        if self.fails:
            return JSONResponse({"detail": "not today"}, status_code=422)
        sent = await request.json()
        self.runs[sent["id"]] = sent
        return JSONResponse({}, status_code=202)

    async def _create_feedback(self, request: Request) -> Response:
        self._log(request)
        sent = await request.json()
        self.feedback[sent["id"]] = sent
        return JSONResponse(sent)

    async def _trace(self, request: Request) -> Response:
        """What LANGSMITH_TRACING sends by itself; only that it came is of interest."""
        self._log(request)
        return JSONResponse({}, status_code=202)

    async def _unknown(self, request: Request) -> Response:
        self._log(request)
        return JSONResponse({"detail": "unknown"}, status_code=404)


async def _parts(request: Request) -> list[tuple[str, Any]]:
    """Names and values of a multipart body."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + await request.body())
    found = []
    for part in message.walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        name = part.get_param("name", header="content-disposition")
        found.append((str(name), json.loads(payload)))
    return found
