"""The one shell command that asks Ollama, inside the box, for a chat completion.

Only this module's constants and base64 text reach the shell: the request travels as gzip and
base64 in a quoted heredoc, where the shell expands nothing. stdout carries Ollama's bytes alone;
stderr holds a JSON line that starts with `{"http"` and gives the HTTP status.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OLLAMA_URL = "http://127.0.0.1:11434"
MAX_COMMAND_BYTES = 120_000
"""Linux refuses one argument of 131,072 bytes; Runloop's own wrapping needs some of them."""

_SAFE_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(/[A-Za-z0-9._/-]*)?")
_SAFE_ID = re.compile(r"[A-Za-z0-9-]+")

# A login shell resets PATH.
_SETUP = """\
set -u -o pipefail
export PATH="$PATH:/usr/local/bin:$HOME/.local/bin:/opt/ollama/bin"
give_up() { echo "$2" >&2; exit "$1"; }
"""

_INLINE_BODY = """\
for tool in base64 gzip; do
  command -v $tool >/dev/null || give_up 69 "$tool is missing in the box"
done
body() {{ base64 -d <<'__QWEN__' | gzip -d
{payload}
__QWEN__
}}
"""

# The file is unlinked before the model is asked, so that no prompt stays behind.
_UPLOADED_BODY = """\
exec 3<"$HOME/{path}" || give_up 65 'the uploaded request is missing in the box'
rm -f "$HOME/{path}"
body() {{ cat /dev/fd/3; }}
"""

# Slim images have no curl: python3 then speaks its exit codes. -q and -I: nobody's dotfiles.
_REQUEST = r"""with_curl() {{
  body | curl -q -g -sS -N --noproxy '*' --connect-timeout 3 --max-time {max_time_s} \
    -H 'Content-Type: application/json' -H 'Expect:' --data-binary @- \
    -w '%{{stderr}}\n{{"http":"%{{http_code}}"}}\n' '{url}/api/chat'
}}
with_python() {{
  body | python3 -I -c '
import http.client, json, signal, socket, sys, urllib.parse
def stop(*_): raise TimeoutError
signal.signal(signal.SIGALRM, stop)
signal.alarm({max_time_s})
url, http_status, code, problem = urllib.parse.urlsplit(sys.argv[1]), "000", 0, ""
try:
    secure = url.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(url.hostname, url.port, timeout=3)
    connection.connect()
    connection.sock.settimeout(None)
    data = sys.stdin.buffer.read()
    connection.request("POST", url.path, data, {{"Content-Type": "application/json"}})
    reply = connection.getresponse()
    http_status = str(reply.status)
    while chunk := reply.read1(65536):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    code = 18 if reply.length else 0
except Exception as error:
    problem = f"{{type(error).__name__}}: {{error}}"
    codes = {{TimeoutError: 28, ConnectionRefusedError: 7, socket.gaierror: 6}}
    code = codes.get(type(error), 56)
print(problem, json.dumps({{"http": http_status}}), sep="\n", file=sys.stderr)
sys.exit(code)
' '{url}/api/chat'
}}
if command -v curl >/dev/null; then request=with_curl
elif command -v python3 >/dev/null; then request=with_python
else give_up 69 'neither curl nor python3 is in the box'; fi
"""

_ASK = """\
$request
exit $?
"""

# The server gets a session of its own and none of our pipes: it outlives this command's group.
# A second one, started at the same time, finds the port taken and ends.
_ASK_AND_START_OLLAMA = """\
$request
code=$?
if [ $code = 7 ]; then
  command -v ollama >/dev/null || give_up 69 'ollama is not installed in the box'
  setsid nohup ollama serve </dev/null >>"$HOME/.ollama-serve.log" 2>&1 3<&- &
  for _ in $(seq 1 120); do
    ollama list >/dev/null 2>&1 && break
    kill -0 $! 2>/dev/null || break
    sleep 0.25
  done
  $request
  code=$?
fi
exit $code
"""


@dataclass(frozen=True)
class Command:
    """A command, and the file it needs in the box when the request is too long to be inlined."""

    text: str
    upload_path: str | None = None
    upload_contents: str | None = None


def chat_command(
    request: Mapping[str, Any],
    *,
    command_id: str,
    ollama_url: str = OLLAMA_URL,
    max_time_s: int = 300,
    start_ollama: bool = True,
) -> Command:
    """The command for one request to Ollama's `/api/chat`.

    Its exit status is curl's, or 65 (the request did not arrive) or 69 (something is missing).

    Args:
        request: Body of `/api/chat`.
        command_id: Names the uploaded file; letters, digits and `-` only.
        ollama_url: Where Ollama listens, seen from inside the box.
        max_time_s: Seconds after which the request ends by itself: Runloop never kills a command.
        start_ollama: Whether to start `ollama serve` when nothing listens.

    Raises:
        ValueError: `ollama_url` or `command_id` holds a character with a meaning to the shell.
    """
    if not _SAFE_URL.fullmatch(ollama_url) or not _SAFE_ID.fullmatch(command_id):
        raise ValueError(f"unsafe in a shell: {ollama_url!r} or {command_id!r}")
    body = json.dumps(request, ensure_ascii=True).encode("ascii")
    ask = _REQUEST.format(max_time_s=max(1, int(max_time_s)), url=ollama_url.rstrip("/"))
    ask += _ASK_AND_START_OLLAMA if start_ollama else _ASK
    payload = base64.b64encode(gzip.compress(body, 6, mtime=0)).decode("ascii")
    inline = _SETUP + _INLINE_BODY.format(payload=payload) + ask
    if len(inline) <= MAX_COMMAND_BYTES:
        return Command(inline)
    path = f".qwen-router-{command_id}.json"
    text = _SETUP + _UPLOADED_BODY.format(path=path) + ask
    return Command(text, upload_path=path, upload_contents=body.decode("ascii"))


def remove_command(path: str) -> str:
    """The command that removes an uploaded request.

    Raises:
        ValueError: `path` is no `Command.upload_path`.
    """
    if not re.fullmatch(r"\.qwen-router-[A-Za-z0-9-]+\.json", path):
        raise ValueError(f"not an uploaded request: {path!r}")
    return f'rm -f "$HOME/{path}"'
