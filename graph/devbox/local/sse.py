"""An output buffer as server-sent events."""

from __future__ import annotations

import codecs
import json
from collections.abc import AsyncIterator

from graph.devbox.local.executions import OutputBuffer
from graph.devbox.local.faults import StreamBreak

HEARTBEAT_S = 15.0
MAX_CHUNK_BYTES = 64 * 1024
HEARTBEAT = ": keep-alive\n\n"
TIMEOUT_EVENT = 'event: error\ndata: {"code":"408","message":"the stream timed out"}\n\n'


class StreamCut(Exception):
    """A fault asks to drop the connection here."""


async def chunks(buffer: OutputBuffer, offset: int) -> AsyncIterator[tuple[str, int] | None]:
    """The output from byte `offset` on, as (text, byte offset of its end); None: a heartbeat.

    A character is never split, and what is not UTF-8 becomes U+FFFD. Ends when the buffer is
    sealed and read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        sealed = buffer.sealed
        data = bytes(buffer.data[offset : offset + MAX_CHUNK_BYTES])
        offset += len(data)
        text = decoder.decode(data, final=sealed and offset >= len(buffer.data))
        if text:
            yield text, offset - len(decoder.getstate()[0])
        elif sealed and not data:
            return
        elif not data and not await _more(buffer, offset):
            yield None


async def _more(buffer: OutputBuffer, offset: int) -> bool:
    return await buffer.changed.wait_until(
        lambda: buffer.sealed or len(buffer.data) > offset, HEARTBEAT_S
    )


async def events(
    buffer: OutputBuffer, offset: int, stream_break: StreamBreak | None
) -> AsyncIterator[str]:
    """`chunks` on the wire, up to the break when there is one.

    Raises:
        StreamCut: The break asks to drop the connection.
    """
    sent = 0
    async for chunk in chunks(buffer, offset):
        if chunk is None:
            yield HEARTBEAT
            continue
        output, end = chunk
        yield f"data: {json.dumps({'output': output, 'offset': end})}\n\n"
        sent += 1
        if stream_break is not None and sent >= stream_break.after_chunks:
            if stream_break.how == "cut":
                raise StreamCut
            if stream_break.how == "timeout_event":
                yield TIMEOUT_EVENT
            return
