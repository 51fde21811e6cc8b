"""langchain-tests' suites: ChatRunloop on the local devbox and a scripted Ollama."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from graph.models.runloop import ChatRunloop
from tests.runloop_fixtures import MODEL, Bench, open_bench

NOT_OFFERED = frozenset(
    {
        "test_agent_loop",
        "test_anthropic_inputs",
        "test_audio_inputs",
        "test_bind_runnables_as_tools",
        "test_image_inputs",
        "test_image_tool_message",
        "test_json_mode",
        "test_pdf_inputs",
        "test_pdf_tool_message",
        "test_serdes",
        "test_stream_time",
        "test_structured_few_shot_examples",
        "test_structured_output",
        "test_structured_output_async",
        "test_structured_output_optional_param",
        "test_structured_output_pydantic_2_v1",
        "test_tool_calling",
        "test_tool_calling_async",
        "test_tool_calling_with_no_arguments",
        "test_tool_choice",
        "test_tool_message_error_status",
        "test_tool_message_histories_list_content",
        "test_tool_message_histories_string_content",
        "test_unicode_tool_call_integration",
    }
)
"""What ChatRunloop does not claim: tools, structured output, media; conftest deselects them."""


class TestChatRunloopUnit(ChatModelUnitTests):
    not_offered = NOT_OFFERED

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatRunloop

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": MODEL, "runloop_api_key": "key", "devbox_id": "dbx_1"}

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        variables = {"RUNLOOP_API_KEY": "key", "RUNLOOP_DEVOX_ID": "dbx_1"}
        return variables, {"model": MODEL}, {"api_key": "key", "devbox_id": "dbx_1"}

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return False


class TestChatRunloopIntegration(ChatModelIntegrationTests):
    not_offered = NOT_OFFERED
    bench: Bench

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _opened(cls) -> Iterator[None]:
        with open_bench() as cls.bench:
            yield

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatRunloop

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": MODEL, "devbox": self.bench.box()}

    @property
    def supports_model_override(self) -> bool:
        return True

    @property
    def model_override_value(self) -> str:
        return "qwen2.5-coder:7b"

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return False
