"""An engine for one command, which Ctrl-C stops at once; by itself Python hears of Ctrl-C only when a statement has ended."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread, current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from census_cli.engines.base import Engine

_AGAIN = 0.02
"""Seconds after which what runs is stopped once more: a statement that is just beginning does not hear it."""


@contextmanager
def opened(name: str, memory: str | None = None, threads: int | None = None) -> Iterator[Engine]:
    """An engine that is closed at the end; raises EngineUnavailable, and KeyboardInterrupt at Ctrl-C whatever else comes of it."""
    from census_cli.engines import open_engine

    engine = open_engine(name, memory, threads)
    asked = Event()
    try:
        with _heard(engine, asked):
            try:
                yield engine
            finally:
                engine.close()
    except Exception:
        if asked.is_set():
            raise KeyboardInterrupt from None
        raise


@contextmanager
def _heard(engine: Engine, asked: Event) -> Iterator[None]:
    """Stop the engine at Ctrl-C; what is cleared away then is not disturbed by a second one."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or current_thread() is not main_thread():
        yield
        return

    def once(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        asked.set()
        before(number, frame)

    ear, bell = socket.socketpair()
    bell.setblocking(False)
    woken = signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, once)
    listener = Thread(target=_listen, args=(ear, engine), daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGINT, before)
        bell.close()
        listener.join()


def _listen(ear: socket.socket, engine: Engine) -> None:
    """Stop the engine when a signal is told here, which is at once, and so again until nothing more is to be heard."""
    with ear:
        heard = ear.recv(1)
        ear.settimeout(_AGAIN)
        while heard:
            engine.stop()
            with suppress(TimeoutError):
                heard = ear.recv(1)
