"""The state machine: nodes, edges, policies; `graph` is what Studio and `langgraph dev` load."""

from __future__ import annotations

from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.types import RetryPolicy

from graph.models.catalog import provider_label
from graph.models.retry import retry_on
from graph.services import Services, default_services
from nodes.classify import Classify
from nodes.context import Context
from nodes.groq_chat import GroqChat
from nodes.polish import Polish
from nodes.quality_gate import QualityGate
from nodes.qwen_generate import QwenGenerate
from nodes.respond import Respond
from nodes.state import InputState, Intent, NextStep, OutputState, Route, State

RouterGraph = StateGraph[State, Context, InputState, OutputState]

ONE_RETRY = RetryPolicy(max_attempts=2, initial_interval=0.2, jitter=False, retry_on=retry_on)
"""For the cloud nodes: their SDKs retry nothing, and Qwen has the cloud instead of a retry."""


def after_classify(state: State) -> Route:
    """The route that classify chose."""
    return state["route"]


def after_qwen_generate(state: State) -> Literal["answered", "failed"]:
    """A failure goes to the cloud, an answer or its repair to the gate."""
    return "failed" if state["failure"] else "answered"


def after_groq_chat(state: State) -> Intent:
    """Code is judged, whoever wrote it."""
    return state["intent"]


def after_quality_gate(state: State) -> NextStep:
    """Only an answer that was shown to be broken is mended: free first, then paid, once."""
    return state["next_step"]


def after_polish(state: State) -> Literal["mended", "failed"]:
    """A mended answer is judged too; a failed polish leaves what there was."""
    return "mended" if state["kept"] else "failed"


def build_graph(services: Services) -> RouterGraph:
    """The router over `services`; compile it with the checkpointer of your choice."""
    builder: RouterGraph = StateGraph(
        State, context_schema=Context, input_schema=InputState, output_schema=OutputState
    )
    _add_nodes(builder, services)
    builder.add_edge(START, "classify")
    _add_choices(builder)
    builder.add_edge("respond", END)
    return builder


def _add_choices(builder: RouterGraph) -> None:
    """The conditional edges; their names label the drawing."""
    builder.add_conditional_edges(
        "classify", after_classify, {"qwen": "qwen_generate", "cloud": "groq_chat"}
    )
    builder.add_conditional_edges(
        "qwen_generate", after_qwen_generate, {"answered": "quality_gate", "failed": "groq_chat"}
    )
    builder.add_conditional_edges(
        "groq_chat", after_groq_chat, {"code": "quality_gate", "chat": "respond"}
    )
    builder.add_conditional_edges(
        "quality_gate",
        after_quality_gate,
        {"repair": "qwen_generate", "escalate": "polish", "done": "respond"},
    )
    builder.add_conditional_edges(
        "polish", after_polish, {"mended": "quality_gate", "failed": "respond"}
    )


def _add_nodes(builder: RouterGraph, services: Services) -> None:
    deadline, has_cloud = services.deadline, services.has_cloud
    classify = Classify(
        services.classifier,
        services.why_no_qwen,
        deadline,
        services.settings.qwen_enabled,
        services.settings.qwen_share,
        services.second_opinion,
    )
    builder.add_node("classify", classify)
    qwen = QwenGenerate(services.qwen, deadline, services.qwen_prompt_tokens)
    builder.add_node("qwen_generate", qwen)
    chat = GroqChat(services.chat, services.cloud, deadline, services.prompt_tokens)
    builder.add_node("groq_chat", chat, retry_policy=ONE_RETRY)
    gate = QualityGate(services.gate, services.vote, deadline, services.can_polish)
    builder.add_node("quality_gate", gate)
    builder.add_node("polish", Polish(services.polish, deadline))
    builder.add_node("respond", Respond(services.record, deadline, has_cloud, provider_label))


graph = build_graph(default_services()).compile(name="qwen-router")
