"""The state machine: nodes, edges, policies; `graph` is what Studio and `langgraph dev` load."""

from __future__ import annotations

from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.types import RetryPolicy

from graph.models.retry import retry_on
from graph.services import Services, default_services
from nodes.classify import Classify
from nodes.context import Context
from nodes.groq_chat import GroqChat
from nodes.polish import Polish
from nodes.quality_gate import QualityGate
from nodes.qwen_generate import QwenGenerate
from nodes.respond import Respond
from nodes.state import InputState, OutputState, State

RouterGraph = StateGraph[State, Context, InputState, OutputState]

ONE_RETRY = RetryPolicy(max_attempts=2, initial_interval=0.2, jitter=False, retry_on=retry_on)
"""For the cloud nodes: their SDKs retry nothing, and Qwen has the cloud instead of a retry."""


def after_classify(state: State) -> Literal["qwen_generate", "groq_chat"]:
    """The route that classify chose."""
    return "qwen_generate" if state["route"] == "qwen" else "groq_chat"


def after_qwen_generate(state: State) -> Literal["quality_gate", "groq_chat"]:
    """A failure goes to the cloud, an answer to the gate."""
    return "groq_chat" if state["failure"] else "quality_gate"


def after_groq_chat(state: State) -> Literal["quality_gate", "respond"]:
    """Code is judged, whoever wrote it."""
    return "quality_gate" if state["intent"] == "code" else "respond"


def after_quality_gate(state: State) -> Literal["polish", "respond"]:
    """Only an answer that was shown to be broken is paid for."""
    return "polish" if state["needs_polish"] else "respond"


def after_polish(state: State) -> Literal["quality_gate", "respond"]:
    """A mended answer is judged too; a failed polish leaves what there was."""
    return "quality_gate" if state["polished"] else "respond"


def build_graph(services: Services) -> RouterGraph:
    """The router over `services`; compile it with the checkpointer of your choice."""
    builder: RouterGraph = StateGraph(
        State, context_schema=Context, input_schema=InputState, output_schema=OutputState
    )
    _add_nodes(builder, services)
    builder.add_edge(START, "classify")
    builder.add_conditional_edges("classify", after_classify)
    builder.add_conditional_edges("qwen_generate", after_qwen_generate)
    builder.add_conditional_edges("groq_chat", after_groq_chat)
    builder.add_conditional_edges("quality_gate", after_quality_gate)
    builder.add_conditional_edges("polish", after_polish)
    builder.add_edge("respond", END)
    return builder


def _add_nodes(builder: RouterGraph, services: Services) -> None:
    deadline, has_cloud = services.deadline, services.has_cloud
    classify = Classify(
        services.classifier,
        services.why_no_qwen,
        deadline,
        services.settings.qwen_enabled,
        services.settings.qwen_share,
    )
    builder.add_node("classify", classify)
    qwen = QwenGenerate(services.qwen, deadline, has_cloud, services.qwen_prompt_tokens)
    builder.add_node("qwen_generate", qwen)
    chat = GroqChat(services.chat, services.cloud, deadline, services.prompt_tokens)
    builder.add_node("groq_chat", chat, retry_policy=ONE_RETRY)
    builder.add_node("quality_gate", QualityGate(services.gate, services.can_polish))
    builder.add_node("polish", Polish(services.polish, deadline))
    builder.add_node("respond", Respond(services.record, deadline, has_cloud))


graph = build_graph(default_services()).compile(name="qwen-router")
