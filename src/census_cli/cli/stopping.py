"""An engine for one command, which Ctrl-C stops at once; by itself Python hears of Ctrl-C only when a statement has ended."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from census_cli.engines.base import Engine

Handler = Callable[[int, FrameType | None], object]

_AGAIN = 0.02
"""Seconds after which what runs is stopped once more: a statement that is just beginning does not hear it."""


@contextmanager
def opened(name: str, memory: str | None = None, threads: int | None = None) -> Iterator[Engine]:
    """An engine that is closed at the end; raises EngineUnavailable, and KeyboardInterrupt at Ctrl-C whatever else comes of it."""
    from census_cli.engines import open_engine

    engine, before, asked = open_engine(name, memory, threads), signal.getsignal(signal.SIGINT), Event()
    try:
        with _stopped_at_once(engine, asked):
            yield engine
            if asked.is_set():
                raise KeyboardInterrupt
    except Exception:
        if asked.is_set():
            raise KeyboardInterrupt from None
        raise
    finally:
        engine.close()
        signal.signal(signal.SIGINT, before)


@contextmanager
def _stopped_at_once(engine: Engine, asked: Event) -> Iterator[None]:
    """Stop the engine at Ctrl-C; only once, and not at all from the end on, so that nothing is kept from being cleared away."""
    ear, bell = socket.socketpair()
    bell.setblocking(False)
    woken = signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
    listener = Thread(target=_listen, args=(ear, engine), daemon=True)
    listener.start()
    try:
        before = signal.getsignal(signal.SIGINT)
        if callable(before):  # else Ctrl-C goes unheard, as in a job in the background
            signal.signal(signal.SIGINT, _once(engine, asked, before))
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(woken)
        bell.close()
        listener.join()


def _once(engine: Engine, asked: Event, before: Handler) -> Handler:
    def hear(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        asked.set()
        if not engine.stop():
            before(number, frame)

    return hear


def _listen(ear: socket.socket, engine: Engine) -> None:
    """Stop the engine when a signal is told here, which is at once, and so again until nothing more is to be heard."""
    with ear:
        heard = ear.recv(1)
        ear.settimeout(_AGAIN)
        while heard:
            engine.stop()
            with suppress(TimeoutError):
                heard = ear.recv(1)
