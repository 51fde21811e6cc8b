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

from nodes.checks.answer import Answer, shorten
from nodes.checks.ballot import Ballot, Opinion, updated
from nodes.checks.cases import MISSING, Case
from nodes.checks.examples import find_examples
from nodes.checks.expectations import find_expectations
from nodes.checks.run import Subject, call_of, subject_of
from nodes.checks.sandbox import Sandbox
from nodes.prompts import CODE_SYSTEM, tests_system
from nodes.state import GateReport, Issue, ModelSource

logger = logging.getLogger("qwen_router")

TEMPERATURE = 0.8
"""High enough that second answers differ where the model is not sure."""
TESTS_TEMPERATURE = 0.2
TESTS = 8
_MOST_INPUTS = 16
_MOST_TOKENS = 700
_RUN_SHARE = 0.2
_REMEMBERED = 32


@dataclass(frozen=True)
class Opinions:
    """What the model makes of one request, whatever the draft."""

    tests: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelVote:
    """Asks the free model for tests and second answers, and lets them vote on a draft.

    A mended draft is judged by the same tests and answers, which are remembered for a while.
    """

    model: ModelSource
    sandbox: Sandbox
    answers: int = 2
    _remembered: OrderedDict[str, Opinions] = field(default_factory=OrderedDict, compare=False)

    async def __call__(
        self, query: str, response: str, report: GateReport, *, wall_s: float
    ) -> GateReport:
        """The report with the vote's doubt and its evidence; unchanged when nobody voted.

        Args:
            query: The request, as text.
            response: The answer that the gate left undecided.
            report: What the gate says of it.
            wall_s: Seconds that asking and running may take together.
        """
        subject = subject_of(Answer(query, response))
        if subject is None or subject.signature is None:
            return report
        opinions = await self._opinions(query, subject, wall_s * (1 - _RUN_SHARE))
        votes = await asyncio.to_thread(self._votes, subject, opinions, wall_s * _RUN_SHARE)
        return _with_votes(report, votes)

    async def _opinions(self, query: str, subject: Subject, wall_s: float) -> Opinions:
        """As much as the model writes in time."""
        if query not in self._remembered:
            written: list[str] = []
            try:
                async with asyncio.timeout(wall_s):
                    await self._ask(query, subject, written, wall_s)
            except TimeoutError:
                logger.info("the vote had time for %d texts", len(written))
            except Exception as error:  # no vote is no fault of the draft's
                logger.warning("the vote failed: %s: %s", type(error).__name__, error)
            self._remember(query, Opinions("".join(written[:1]), tuple(written[1:])))
        return self._remembered[query]

    async def _ask(self, query: str, subject: Subject, written: list[str], wall_s: float) -> None:
        """Append the tests, then each second answer, to what is `written`."""
        assert subject.signature is not None, "only functions are voted on"
        model = (await asyncio.to_thread(self.model)).with_config(tags=[TAG_NOSTREAM])
        tests = (tests_system(subject.signature.name, TESTS), TESTS_TEMPERATURE)
        for system, temperature in (tests, *[(CODE_SYSTEM, TEMPERATURE)] * self.answers):
            messages: list[BaseMessage] = [SystemMessage(system), HumanMessage(query)]
            message = await model.ainvoke(
                messages, temperature=temperature, max_tokens=_MOST_TOKENS, timeout=wall_s
            )
            written.append(message.text)

    def _remember(self, query: str, opinions: Opinions) -> None:
        self._remembered[query] = opinions
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)

    def _votes(self, subject: Subject, opinions: Opinions, wall_s: float) -> list[Opinion]:
        """Run the draft and every second answer on the same inputs."""
        assert subject.signature is not None, "only functions are voted on"
        name = subject.signature.name
        others = [
            other
            for text in opinions.answers
            if (other := subject_of(Answer(subject.answer.query, text), (name,))) is not None
            and other.language == subject.language
        ]
        cases = _inputs(subject, opinions.tests)
        if not cases:
            return []
        each_s = wall_s / (len(others) + 1)
        ran = [one.try_on(cases, self.sandbox, each_s).seen for one in (subject, *others)]
        draft, *rest = ran
        return Ballot(cases, draft, [seen for seen in rest if seen]).opinions() if draft else []


def _inputs(subject: Subject, tests: str) -> tuple[Case, ...]:
    """The tests' calls, then those that need no model, each once; what they expect is kept."""
    signature = subject.signature
    assert signature is not None, "only functions are voted on"
    written = find_examples(tests, subject.language, (signature.name,))
    own = find_expectations(subject.answer.query, subject.language, signature)
    cases: dict[str, Case] = {}
    for case in (*written, *own):
        if case.arguments is not None and case.function in ("", signature.name):
            bare = Case("model", 0.0, case.quote, arguments=case.arguments)
            expects = replace(bare, value=case.value if case in written else MISSING)
            cases.setdefault(repr(case.arguments), expects)
    return tuple(cases.values())[:_MOST_INPUTS]


def _with_votes(report: GateReport, votes: Sequence[Opinion]) -> GateReport:
    against = [vote for vote in votes if vote.rival or vote.is_confirmed_failure]
    issues = tuple(Issue(code="outvoted", evidence=_in_words(vote)) for vote in against[:3])
    score = updated(report.score, votes)
    return replace(report, score=score, issues=(*report.issues, *issues))


def _in_words(vote: Opinion) -> str:
    rival = vote.rival or vote.test
    return (
        f"{call_of(vote.case)} gives {shorten(vote.mine)}, but {vote.others.count(rival or '')} of "
        f"{len(vote.others)} independent answers give {shorten(rival or '')}"
    )
