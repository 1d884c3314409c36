"""Engines of one process share its cores and its memory: one computes at a time, what finds no room waits for it.

Two threads that compute with llama.cpp have a pool of helpers each. libgomp then counts more threads than cores, lets
none of them spin, and everything runs at 60 % of its speed. So an engine whose turn is over goes on in a thread that
has never computed, and its old thread ends, the pool with it; what is loaded stays where it is.
"""

import threading
import time
from collections.abc import Callable

from workbench.engine.footprint import available
from workbench.engine.intake import Intake

TURN_SECONDS = 0.5  # that an engine computes while another one waits
WAIT_SECONDS = 0.1  # between two looks at what happens meanwhile: a stop, the end
SPARE = 2**30  # bytes that stay free when a base is kept beside another


class Seat:
    """An engine's place among the others. Everything in it changes under the lock of its `Sharing`."""

    def __init__(self, sharing: "Sharing", intake: Intake, needs: int, mapped: int) -> None:
        self._sharing, self.intake, self.needs, self.mapped = sharing, intake, needs, mapped
        self.resident = False  # its base is in memory
        self.loads = False  # its base has to be loaded for what it wants to do
        self.busy = False  # requests are half done: it cannot unload
        self.draining = False  # it begins no more requests: another one needs its room
        self.asked = False  # it is to unload as soon as nothing is half done
        self.released = False  # it is to unload as soon as nothing waits
        self.used = self.since = 0.0

    def enter(self, *, busy: bool, loads: bool) -> bool:
        """Wait a moment for the turn; True: compute now. Every other thread that computed has ended by then."""
        return self._sharing.enter(self, busy=busy, loads=loads)

    def over(self, *, busy: bool) -> bool:
        """True when the thread is to hand over, because somebody else can go on."""
        return self._sharing.over(self, busy=busy)

    def leave(self) -> None:
        """Let the next one compute; the calling thread ends now."""
        self._sharing.leave(self)

    def withdraw(self) -> None:
        """Wait no longer."""
        self._sharing.withdraw(self)

    def hold(self, resident: bool) -> None:
        """Note that the base came into memory, or left it."""
        self._sharing.hold(self, resident)

    def release(self, released: bool) -> None:
        """Have the base leave memory whenever nothing of this engine waits, or stay."""
        self.released = released
        self.intake.nudge()


class Sharing:
    """Whose turn it is, and who is in memory. Turns go round by who has waited longest."""

    def __init__(self, free: Callable[[], int] = available) -> None:
        """`free`: bytes that this process may still take."""
        self._changed = threading.Condition()
        self._free = free
        self._seats: list[Seat] = []
        self._line: list[Seat] = []
        self._holder: Seat | None = None
        self._last: threading.Thread | None = None  # that computed, and is about to end

    def seat(self, intake: Intake, needs: int, mapped: int) -> Seat:
        """Return a place for an engine whose base takes `needs` bytes, `mapped` of them pages of its file."""
        with self._changed:
            self._seats.append(Seat(self, intake, needs, mapped))
            return self._seats[-1]

    def enter(self, seat: Seat, *, busy: bool, loads: bool) -> bool:
        """See Seat.enter."""
        with self._changed:
            seat.busy, seat.loads = busy, loads
            if seat not in self._line:
                self._line.append(seat)
            if not self._changed.wait_for(lambda: self._may(seat), WAIT_SECONDS):
                return False
            self._line.remove(seat)
            if seat.loads:
                self._forget_requests()
            if self._holder is not seat:
                self._holder, seat.since = seat, time.monotonic()
            seat.used = time.monotonic()
            last, self._last = self._last, None
        if last not in (None, threading.current_thread()):
            assert last is not None
            last.join()
        return True

    def over(self, seat: Seat, *, busy: bool) -> bool:
        """See Seat.over."""
        with self._changed:
            seat.busy = busy
            if self._holder is not seat:
                return False
            others = [other for other in self._line if other is not seat]
            if not others or (busy and time.monotonic() - seat.since < TURN_SECONDS):
                return False
            # One that waits for the room of what is half done here can only wait on.
            return not busy or any(self._fits(other) for other in others)

    def leave(self, seat: Seat) -> None:
        """See Seat.leave."""
        with self._changed:
            if self._holder is seat:
                self._holder, self._last = None, threading.current_thread()
            if seat in self._line:
                self._line.remove(seat)
            self._changed.notify_all()

    def withdraw(self, seat: Seat) -> None:
        """See Seat.withdraw."""
        with self._changed:
            if seat in self._line:
                self._line.remove(seat)
                if seat.loads:
                    self._forget_requests()
                self._changed.notify_all()

    def hold(self, seat: Seat, resident: bool) -> None:
        """See Seat.hold."""
        with self._changed:
            seat.resident, seat.asked, seat.draining = resident, False, False
            seat.busy = seat.busy and resident
            self._changed.notify_all()

    def remove(self, seat: Seat) -> None:
        """Forget a closed engine."""
        with self._changed:
            self._seats.remove(seat)
            if seat in self._line:
                self._line.remove(seat)
            self._forget_requests()
            self._changed.notify_all()

    def holder(self) -> Seat | None:
        """Return whose turn it is."""
        return self._holder

    def _may(self, seat: Seat) -> bool:
        """Say whether the seat's turn has come; ask the others for what it takes."""
        if self._holder not in (None, seat):
            assert self._holder is not None
            self._holder.intake.nudge()
            return False
        before = self._line[: self._line.index(seat)]
        return self._fits(seat) and not any(self._fits(other) for other in before if self._holder is not seat)

    def _fits(self, seat: Seat) -> bool:
        """Say whether the seat can compute; ask the least recently used others for the room that is missing."""
        others = sorted((each for each in self._seats if each.resident and each is not seat), key=lambda it: it.used)
        if seat.resident or not seat.loads or not others:
            return True  # alone it is for `load` to say that there is no room
        # The pages of a mapped file count as free: the system may take them, and then every token is read from disk.
        missing = seat.needs + sum(other.mapped for other in others) + SPARE - self._free()
        if missing <= 0:
            return True
        for other in others:
            if missing <= 0:
                break
            other.asked = other.draining = True
            other.intake.nudge()
            missing -= other.needs
        return False

    def _forget_requests(self) -> None:
        """Take back what the others were asked; whoever still needs it asks again."""
        for seat in self._seats:
            seat.asked = seat.draining = False
