"""The tree that `alias` builds: abstract locations of maps and lists.

A location stands for the maps and lists that one variable may hold, and the one `inside` it for
those that these hold.  Copies are objects of the location that they are made for; an object that
moves, as a routine's result does, keeps that of its source besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_DEEPEST = 8
"""Objects further inside one another than this count as one."""


class Location:
    """The objects at one place; those of its sources may have moved here."""

    __slots__ = ("_inside", "_level", "_sources", "written")

    def __init__(self, inside: Location | None = None) -> None:
        self._inside = inside
        self._level = 0
        self._sources: list[Location] = []
        self.written = False
        """Whether an object that is or has been here is written into, wherever it is then."""

    @classmethod
    def of_all_depths(cls) -> Location:
        """One whose objects are no different from those inside them."""
        location = cls()
        location._inside = location
        return location

    @property
    def inside(self) -> Location:
        if self._inside is None:
            self._inside = self if self._level == _DEEPEST else Location()
            self._inside._level = min(self._level + 1, _DEEPEST)
            for source in tuple(self._sources):
                self._inside.take(source.inside)
        return self._inside

    def take(self, source: Location) -> None:
        """The objects of `source` may move here."""
        if source is self or source in self._sources:
            return
        self._sources.append(source)
        if self._inside is not None:
            self._inside.take(source.inside)
        if self.written:
            source.write()

    def write(self) -> None:
        """Notes that an object is written into that is here, so that is or was at a source."""
        waiting = [self]
        while waiting:
            location = waiting.pop()
            if not location.written:
                location.written = True
                waiting.extend(location._sources)

    def depths(self) -> Iterator[Location]:
        """This one and those inside it, as far as anything is known of them."""
        location = self
        yield location
        while location._inside is not None and location._inside is not location:
            location = location._inside
            yield location


def reached(locations: Iterable[Location]) -> set[Location]:
    """Where an object can be from that is at one of the locations, or held by one at any depth."""
    found = set(locations)
    waiting = list(found)
    while waiting:
        location = waiting.pop()
        inside = () if location._inside is None else (location._inside,)
        for other in (*location._sources, *inside):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
