"""An engine for one command, which Ctrl-C stops at once; by itself Python hears of Ctrl-C only when a statement has ended.

An end asked for by the system, or by a terminal that is closed, is heard as Ctrl-C is.
"""

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

STOPS = [signal.Signals[s] for s in ("SIGINT", "SIGTERM", "SIGHUP") if s in signal.Signals.__members__]
"""The signals that end a run; not every system has all of them."""

_AGAIN = 0.02
"""Seconds after which what runs is stopped once more: a statement that is just beginning does not hear it."""


@contextmanager
def opened(name: str, memory: str | None = None, threads: int | None = None) -> Iterator[Engine]:
    """An engine that is closed at the end; raises EngineUnavailable, and KeyboardInterrupt at Ctrl-C whatever else comes of it."""
    from census_cli.engines import open_engine

    engine, before, asked = open_engine(name, memory, threads), {s: signal.getsignal(s) for s in STOPS}, Event()
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
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if handler is _end and asked.is_set() else handler)


def hear_stops() -> None:
    """Take every stop for Ctrl-C, but for those that are to go unheard, as in a job in the background."""
    for number in STOPS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    """To be stopped again while all is cleared away would leave something."""
    ignore_stops()
    raise KeyboardInterrupt


def ignore_stops() -> None:
    """Be stopped no more."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _stopped_at_once(engine: Engine, asked: Event) -> Iterator[None]:
    """Stop the engine at Ctrl-C; only once, and not at all from the end on, so that nothing is kept from being cleared away."""
    ear, bell = socket.socketpair()
    bell.setblocking(False)
    woken = signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
    listener = Thread(target=_listen, args=(ear, engine), daemon=True)
    listener.start()
    try:
        for number in STOPS:
            before = signal.getsignal(number)
            if callable(before):
                signal.signal(number, _once(engine, asked, before))
        yield
    finally:
        ignore_stops()
        signal.set_wakeup_fd(woken)
        bell.close()
        listener.join()


def _once(engine: Engine, asked: Event, before: Handler) -> Handler:
    def hear(number: int, frame: FrameType | None) -> None:
        ignore_stops()
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
