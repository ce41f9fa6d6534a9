"""A bad line: a TCP proxy that delays, throttles, stalls, drops, and goes silent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PIECE = 350
_TICK = 0.02


class Line:
    """What is wrong with the line at present; tests change it while it is in use."""

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        # Bytes per second in each direction; 0 for no bound.
        self.rate = 0.0
        # Nothing goes through, and nothing is lost.
        self.is_stalled = False
        # Everything is lost, and nobody is told.
        self.is_dead = False
        self.port = 0
        self._target = port
        self._sockets: list[socket.socket] = []
        # Held here: the loop itself does not, and one end of a dead line may have forgotten them.
        self._tasks: list[asyncio.Task[None] | None] = []

    def drop(self) -> None:
        """Reset the connections, as a router that has forgotten them does."""
        sockets, self._sockets = self._sockets, []
        for found in sockets:
            with contextlib.suppress(OSError):
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                found.shutdown(socket.SHUT_RDWR)
                found.close()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        there_reader, there = await asyncio.open_connection("127.0.0.1", self._target)
        pair = (writer, there)
        self._sockets += [end.get_extra_info("socket")._sock.dup() for end in pair]
        carrying = (
            asyncio.create_task(self._carry(reader, there)),
            asyncio.create_task(self._carry(there_reader, writer)),
        )
        self._tasks += [asyncio.current_task(), *carrying]
        for found in carrying:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await found
        for end in pair:
            end.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take in at once what comes, as the buffers of a real line do, and pass it on in time."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        passing = asyncio.create_task(self._pass_on(waiting, writer))
        self._tasks.append(passing)
        clock = asyncio.get_running_loop().time
        try:
            while data := await reader.read(65536):
                if not self.is_dead:
                    waiting.put_nowait((clock() + self.delay, data))
        finally:
            waiting.put_nowait((clock(), b""))
            await passing
            if not self.is_dead:
                writer.close()

    async def _pass_on(
        self, waiting: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        clock = asyncio.get_running_loop().time
        free = clock()
        while (found := await waiting.get())[1]:
            due, data = found
            for start in range(0, len(data), _PIECE):
                piece = data[start : start + _PIECE]
                free = max(free, due)
                if self.rate:
                    free += len(piece) / self.rate
                await asyncio.sleep(max(0.0, free - clock()))
                while self.is_stalled:
                    await asyncio.sleep(_TICK)
                if not self.is_dead:
                    writer.write(piece)
                    await writer.drain()


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line to a port of this machine, in a thread of its own."""
    line = Line(port)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(line.accept, "127.0.0.1", 0))
    line.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.close()
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_all() -> None:
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in others:
            task.cancel()
        await asyncio.wait(others, timeout=1)
