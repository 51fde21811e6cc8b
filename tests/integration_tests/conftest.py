"""What several files of integration tests stand on."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.wire.cloud import Cloud, Servers, open_cloud
from tests.wire.gemini import GeminiServer
from tests.wire.groq import GroqServer


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with GroqServer() as groq, GeminiServer() as gemini:
        yield groq, gemini


@pytest_asyncio.fixture
async def cloud(servers: Servers) -> AsyncIterator[Cloud]:
    async with open_cloud(*servers) as opened:
        yield opened
