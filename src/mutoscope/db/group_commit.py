"""Group commit: writers who arrive together share one transaction, and so one wait for the disk.

A commit waits for the disk, and only one writer may be inside at a time. So a writer that leaves
while others stand at the door does not commit: it lets the next one in, and waits until the last of
them commits for all. Each member's work is a savepoint of its own, undone alone when it fails;
nobody is answered before what they wrote is on the disk.
(DeWitt et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984.)
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

# Other processes wait for the lock as long as a group lasts.
MEMBERS_MAX = 32

# Takes the lock at once: a reader that wants to write while another does is turned away.
WRITE = "BEGIN IMMEDIATE"
ENTER = "SAVEPOINT member"
LEAVE = "RELEASE member"
UNDO = "ROLLBACK TO member"


class _Group:
    """Writers that will be committed together."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect()
        self.members = 0
        self.has_ended = threading.Event()
        self.error: BaseException | None = None
        try:
            self.connection.exec_driver_sql(WRITE)
        except BaseException:
            self.connection.close()
            raise

    def commit(self) -> None:
        """Make all of it durable, or note why none of it is."""
        try:
            self.connection.commit()
        except BaseException as error:
            self.error = error
            # SQLite keeps a transaction open whose commit it refused: not one to hand on.
            self.connection.invalidate()
        self._end()

    def abandon(self, error: BaseException) -> None:
        """Undo everything: the transaction can't be saved."""
        self.error = error
        self._end()

    def _end(self) -> None:
        try:
            self.connection.close()
        finally:
            self.has_ended.set()


class _Door:
    """Lets one in at a time, in the order of coming. A plain lock lets whoever is quick go first,
    and somebody waits for many turns.
    """

    def __init__(self) -> None:
        self._queue: deque[threading.Lock] = deque()
        self._is_shut = False
        self._watch = threading.Lock()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def enter(self) -> None:
        with self._watch:
            if not self._is_shut:
                self._is_shut = True
                return
            call = threading.Lock()
            call.acquire()
            self._queue.append(call)
        try:
            call.acquire()
        except BaseException:
            self._give_up(call)
            raise

    def _give_up(self, call: threading.Lock) -> None:
        with self._watch:
            was_called = call not in self._queue
            if not was_called:
                self._queue.remove(call)
        if was_called:
            self.leave()

    def leave(self) -> None:
        with self._watch:
            if self._queue:
                # Handed over: nobody who comes now gets in between.
                self._queue.popleft().release()
            else:
                self._is_shut = False


class GroupCommit:
    """Lets a process's writers in, one at a time, and commits for those who came together."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._door = _Door()
        self._group: _Group | None = None

    @property
    def waiting(self) -> int:
        """How many writers are at the door."""
        return self._door.waiting

    @contextmanager
    def member(self) -> Iterator[Connection]:
        """One unit of work, durable when this returns; undone, alone, when its body raises."""
        self._door.enter()
        try:
            group = self._join()
            try:
                yield group.connection
            except BaseException as error:
                self._undo(group, error)
                raise
            else:
                self._release(group)
            finally:
                self._leave(group)
        finally:
            self._door.leave()
        group.has_ended.wait()
        if group.error is not None:
            raise group.error

    def _join(self) -> _Group:
        group = self._group
        if group is None:
            group = self._group = _Group(self._engine)
        else:
            # The first member needs none: nobody else's work is lost with its own.
            group.connection.exec_driver_sql(ENTER)
        group.members += 1
        return group

    def _release(self, group: _Group) -> None:
        if group.members == 1:
            return
        try:
            group.connection.exec_driver_sql(LEAVE)
        except BaseException as lost:
            group.abandon(lost)

    def _undo(self, group: _Group, error: BaseException) -> None:
        """Take back what this member wrote. A failure that ended the transaction fails everyone."""
        if group.members == 1:
            group.abandon(error)
            return
        try:
            group.connection.exec_driver_sql(UNDO)
            group.connection.exec_driver_sql(LEAVE)
        except BaseException as lost:
            group.abandon(lost)

    def _leave(self, group: _Group) -> None:
        """Commit, unless somebody is at the door who will."""
        if group.has_ended.is_set():
            self._group = None
        elif not self._door.waiting or group.members >= MEMBERS_MAX:
            self._group = None
            group.commit()
