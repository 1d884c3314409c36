"""The door to one server: a request out, its answer back piece by piece, asked again where that is safe."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, cast

import httpx2

from workbench.engine.remote import faults, fields
from workbench.engine.remote.fields import Body
from workbench.engine.remote.target import Target, read_key
from workbench.errors import InputError

log = logging.getLogger(__name__)

CONNECT_S = 10.0
SILENCE_S = 60.0  # between two pieces of an answer; before the first only the job's own limit counts
ENDING_S = 0.1  # for the rest of a stream after its end mark, so that the connection serves again
ATTEMPTS = 4
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
END_MARK = "[DONE]"
QUIET = "stream_options"  # nobody misses it

Note = Callable[[str], None]
Events = AsyncGenerator[httpx2.ServerSentEvent, None]


class Server:
    """One client with its connections, for one event loop. Redirects are not followed: the key stays with its host."""

    def __init__(self, target: Target) -> None:
        """Make the client; nothing is contacted. Raises InputError for a key or a proxy that cannot be one."""
        self._target, self._key = target, read_key()
        self._refused: dict[str, set[str]] = {}  # by model: fields that the server does not take for it
        try:
            self._client = httpx2.AsyncClient(
                headers={"Authorization": f"Bearer {self._key}"} if self._key else None,
                timeout=httpx2.Timeout(None, connect=CONNECT_S, write=CONNECT_S),
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=16),
            )
        except (ImportError, ValueError) as error:
            raise InputError(
                "The proxy that the environment names cannot be used for the server; give one that begins with "
                "http://, or name the server in NO_PROXY."
            ) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def answer(self, body: Body, note: Note) -> dict[str, Any]:
        """Return a whole answer. Raises Fault."""
        response = await self._send(body, note)
        try:
            found = json.loads(await response.aread())
        except httpx2.TransportError as error:
            raise faults.broken_off(self._target, begun=False) from error
        except ValueError as error:
            raise faults.another_language(self._target) from error
        finally:
            await response.aclose()
        if not isinstance(found, dict):
            raise faults.another_language(self._target)
        if found.get("error"):
            raise self._refusal(400, json.dumps(found).encode(), body)
        return found

    async def pieces(self, body: Body, note: Note) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the pieces of a streamed answer; closing this closes the connection at once. Raises Fault."""
        response = await self._send(body, note)
        try:
            if "event-stream" not in response.headers.get("content-type", ""):  # some say an error with a 200
                said = await _whole(response)
                raise self._refusal(400, said, body) if b'"error"' in said else faults.another_language(self._target)
            async with aclosing(cast(Events, aiter(httpx2.EventSource(response)))) as events:
                limit = None
                while event := await self._next(events, limit):
                    if event.data.strip() == END_MARK:
                        with suppress(TimeoutError, httpx2.TransportError):
                            async with asyncio.timeout(ENDING_S):
                                await anext(events, None)
                        return
                    yield self._piece(event)
                    limit = SILENCE_S
        finally:
            await response.aclose()

    async def _next(self, events: Events, limit: float | None) -> httpx2.ServerSentEvent | None:
        """Return the next event, None when the connection has ended, by itself or not."""
        try:
            async with asyncio.timeout(limit):
                return await anext(events, None)
        except TimeoutError as error:
            raise faults.silent(self._target, SILENCE_S) from error
        except httpx2.TransportError:
            return None  # the same as an end without an end mark; whether the answer was whole shows in its pieces

    def _piece(self, event: httpx2.ServerSentEvent) -> dict[str, Any]:
        try:
            piece = event.json()
        except ValueError as error:
            raise faults.another_language(self._target) from error
        if not isinstance(piece, dict):
            raise faults.another_language(self._target)
        if piece.get("error"):
            raise faults.in_stream(self._target, faults.words_of(event.data.encode(), self._key))
        return piece

    async def _send(self, body: Body, note: Note) -> httpx2.Response:
        """Return the response to a request that was accepted, with what the server refuses left out of it."""
        known = self._refused.setdefault(str(body["model"]), set())
        while True:
            sent = fields.without(body, known)
            response, said = await self._insist(sent, note)
            if response.is_success:
                if lost := [name for name in fields.OPTIONAL if name in body and name not in sent and name != QUIET]:
                    note(f"The server at {self._target.place} does not take {', '.join(lost)}: left out.")
                return response
            names = fields.refused(sent, said.decode("utf-8", "replace"))
            if response.status_code not in (400, 422) or not names:
                fault = self._refusal(response.status_code, said, body)
                raise await self._with_names(fault) if isinstance(fault, faults.NoModel) else fault
            known.update(names)

    async def _insist(self, body: Body, note: Note) -> tuple[httpx2.Response, bytes]:
        """Send until an answer comes that another try would not change; return it with what a refusal says."""
        attempt, wait = 1, FIRST_WAIT_S
        while True:
            try:
                request = self._client.build_request("POST", f"{self._target.url}/chat/completions", json=body)
                response = await self._client.send(request, stream=True)
            except httpx2.TransportError as error:  # not a token has come, so another try is safe
                log.info("%s: %s", self._target.place, type(error).__name__)
                if attempt == ATTEMPTS or isinstance(error, httpx2.ConnectTimeout):
                    raise self._no_connection(error) from error
                asked = 0.0
            else:
                if response.is_success:
                    return response, b""
                said, asked = await _whole(response), _retry_after(response)
                longest = self._target.longest_wait
                if attempt == ATTEMPTS or not _passing(response.status_code, said) or asked > longest:
                    return response, said
                note(f"The server at {self._target.place} answered {response.status_code} and was asked again.")
            await asyncio.sleep(max(asked, wait * random.uniform(0.5, 1.0)))
            attempt, wait = attempt + 1, min(wait * 2, LONGEST_WAIT_S)

    async def _with_names(self, fault: faults.NoModel) -> faults.Fault:
        """Return the fault with the models that the server has, if it tells."""
        try:
            async with asyncio.timeout(CONNECT_S):
                listed = (await self._client.get(f"{self._target.url}/models")).json()["data"]
            return fault.naming([str(each["id"]) for each in listed])
        except (TimeoutError, httpx2.HTTPError, ValueError, KeyError, TypeError):
            return fault

    def _no_connection(self, error: httpx2.TransportError) -> faults.Fault:
        if isinstance(error, httpx2.TimeoutException):
            return faults.unreachable(self._target, f"no connection within {CONNECT_S:g} seconds")
        if isinstance(error, httpx2.ConnectError | httpx2.ProxyError):
            return faults.unreachable(self._target, str(error)[:120])
        return faults.unreachable(self._target, "it closes the connection without an answer")

    def _refusal(self, status: int, said: bytes, body: Body) -> faults.Fault:
        model, words = str(body["model"]), faults.words_of(said, self._key)
        if body.get("logprobs") and b"logprobs" in said:
            return faults.no_logprobs(self._target, model)
        return faults.refusal(self._target, model, status, words, with_key=bool(self._key))


async def _whole(response: httpx2.Response) -> bytes:
    """Return the body of a refusal, as far as it comes in time."""
    try:
        async with asyncio.timeout(CONNECT_S):
            return await response.aread()
    except (TimeoutError, httpx2.TransportError):
        return b""
    finally:
        await response.aclose()


def _passing(status: int, said: bytes) -> bool:
    """Tell whether another try may go better; servers say with a 500 that they have no logprobs or no such context."""
    return status == 429 or (status >= 500 and b"logprobs" not in said and b"exceed_context_size" not in said)


def _retry_after(response: httpx2.Response) -> float:
    """Return the seconds that the server asks to wait, 0 when it does not say."""
    said = response.headers.get("retry-after", "")
    with suppress(ValueError):
        return float(said)
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(said).timestamp() - time()
    return 0.0
