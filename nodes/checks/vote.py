"""Judging by agreement: the free model's own tests and second answers vote on the draft.

After CodeT (Chen et al., 2022): an answer is trusted as far as independently sampled answers and
tests agree with it. A lone vote never condemns, for a small model's tests often err.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langgraph.constants import TAG_NOSTREAM

from nodes.checks.answer import Answer as Examined
from nodes.checks.answer import shorten
from nodes.checks.ballot import Ballot, Opinion, updated
from nodes.checks.cases import MISSING, Case
from nodes.checks.examples import find_examples
from nodes.checks.expectations import find_expectations
from nodes.checks.run import Subject, call_of, subject_of
from nodes.checks.sandbox import Sandbox
from nodes.context import BROKEN_FROM
from nodes.conversation import answer_of
from nodes.prompts import CODE_SYSTEM, tests_system
from nodes.state import Answer, GateReport, Issue, ModelSource, Voted

logger = logging.getLogger("qwen_router")

TEMPERATURE = 0.8
"""High enough that second answers differ where the model is not sure."""
TESTS_TEMPERATURE = 0.2
TESTS = 8
_MOST_INPUTS = 16
_MOST_TOKENS = 700
_RUN_SHARE = 0.2
_MOST_WITHOUT_A_RIVAL = BROKEN_FROM - 0.01
"""Answers that all differ prove nothing against one of them."""
_REMEMBERED = 32


@dataclass(frozen=True)
class ModelVote:
    """Asks the free model for tests and second answers, and lets them vote on a draft.

    A mended draft is judged by the same tests and answers, which are remembered for a while.
    """

    model: ModelSource
    sandbox: Sandbox
    answers: int = 2
    _remembered: OrderedDict[str, tuple[str, ...]] = field(
        default_factory=OrderedDict, compare=False, repr=False
    )

    async def __call__(
        self, query: str, response: str, report: GateReport, *, wall_s: float
    ) -> Voted:
        """The report with the vote's doubt and its evidence; unchanged when nobody voted.

        Args:
            query: The whole request: earlier turns are not known here.
            response: The answer that the gate left undecided.
            report: What the gate says of it.
            wall_s: Seconds that asking and running may take together.
        """
        written: list[Answer] = []
        try:
            report = await self._judge(query, response, report, written, wall_s)
        except Exception as error:  # no vote is no fault of the draft's
            logger.warning("the vote failed: %s: %s", type(error).__name__, error)
        return Voted(report, tuple(written))

    async def _judge(
        self, query: str, response: str, report: GateReport, written: list[Answer], wall_s: float
    ) -> GateReport:
        subject = subject_of(Examined(query, response))
        if subject is None or subject.signature is None:
            return report
        name = subject.signature.name
        texts = self._remembered.get(query)
        if texts is None:
            await self._ask(query, name, written, wall_s * (1 - _RUN_SHARE))
            texts = tuple(answer["text"] for answer in written)
        if len(texts) == 1 + self.answers:
            self._remember(query, texts)
        votes = await asyncio.to_thread(self._votes, subject, name, texts, wall_s * _RUN_SHARE)
        return _with_votes(report, votes)

    async def _ask(self, query: str, name: str, written: list[Answer], wall_s: float) -> None:
        """Append the tests, then each second answer, to what is `written`, as long as time is."""
        tests = (tests_system(name, TESTS), TESTS_TEMPERATURE)
        try:
            async with asyncio.timeout(wall_s):
                model = (await asyncio.to_thread(self.model)).with_config(tags=[TAG_NOSTREAM])
                for system, temperature in (tests, *[(CODE_SYSTEM, TEMPERATURE)] * self.answers):
                    messages: list[BaseMessage] = [SystemMessage(system), HumanMessage(query)]
                    message = await model.ainvoke(
                        messages, temperature=temperature, max_tokens=_MOST_TOKENS, timeout=wall_s
                    )
                    written.append(answer_of(message, step="vote"))
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            logger.info("the vote goes on with %d texts: %s", len(written), words)

    def _remember(self, query: str, texts: tuple[str, ...]) -> None:
        self._remembered[query] = texts
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)

    def _votes(
        self, subject: Subject, name: str, texts: Sequence[str], wall_s: float
    ) -> list[Opinion]:
        """Run the draft and every second answer on the same inputs."""
        others = _peers(subject, name, texts[1:])
        cases = _inputs(subject, name, "".join(texts[:1]))
        if not (cases and others):
            return []
        each_s = wall_s / (len(others) + 1)
        draft, *rest = [one.try_on(cases, self.sandbox, each_s).seen for one in (subject, *others)]
        return Ballot(cases, draft, [seen for seen in rest if seen]).opinions() if draft else []


def _peers(subject: Subject, name: str, texts: Sequence[str]) -> list[Subject]:
    """The second answers that define the same function in the same language."""
    found = (subject_of(Examined(subject.answer.query, text), (name,)) for text in texts)
    return [
        peer
        for peer in found
        if peer is not None
        and peer.language == subject.language
        and peer.signature is not None
        and peer.signature.name == name
    ]


def _inputs(subject: Subject, name: str, tests: str) -> tuple[Case, ...]:
    """The tests' calls, then those that need no model, each once; what they expect is kept."""
    assert subject.signature is not None, "only functions are voted on"
    written = find_examples(tests, subject.language, (name,))
    own = find_expectations(subject.answer.query, subject.language, subject.signature)
    expected = [(case, case.value) for case in written] + [(case, MISSING) for case in own]
    cases: dict[str, Case] = {}
    for case, value in expected:
        if case.arguments is not None and case.function in ("", name):
            bare = Case("model", 0.0, case.quote, arguments=case.arguments, value=value)
            cases.setdefault(repr(case.arguments), bare)
    return tuple(cases.values())[:_MOST_INPUTS]


def _with_votes(report: GateReport, votes: Sequence[Opinion]) -> GateReport:
    against = [vote for vote in votes if vote.rival or vote.is_confirmed_failure]
    issues = tuple(Issue(code="outvoted", evidence=_in_words(vote)) for vote in against[:3])
    score = updated(report.score, votes)
    score = score if issues else min(score, _MOST_WITHOUT_A_RIVAL)
    return replace(report, score=score, issues=(*report.issues, *issues))


def _in_words(vote: Opinion) -> str:
    rival = vote.rival or vote.test
    return (
        f"{call_of(vote.case)} gives {shorten(vote.mine)}, but {vote.others.count(rival)} of "
        f"{len(vote.others)} independent answers give {shorten(rival)}"
    )
