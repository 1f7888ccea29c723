"""How long the oldest waiting row has waited, whatever clocks do meanwhile (pure)."""

MOST_MARKS = 600
_SPACING_S = 1.0


class WaitingAge:
    """Remembers when which rows were committed; moments are monotonic seconds.

    Rows that were there at the opening have the age of the oldest of them, `inherited_s`, at least:
    only the wall clock knows it. With very many rows the answer is coarse, never too small.
    """

    def __init__(self, now_s: float, last_position: int, inherited_s: float = 0.0) -> None:
        self._marks = [(last_position, now_s - max(0.0, inherited_s))]
        self._spacing_s = _SPACING_S

    def committed(self, last_position: int, first_waiting: int, now_s: float) -> None:
        """Note the newest row."""
        while len(self._marks) > 1 and self._marks[0][0] < first_waiting:
            del self._marks[0]
            self._spacing_s = _SPACING_S
        newest_position, newest_s = self._marks[-1]
        if last_position == newest_position:
            return
        if now_s - newest_s < self._spacing_s and len(self._marks) > 1:
            # it counts as old as the mark: never too small
            self._marks[-1] = (last_position, newest_s)
            return
        self._marks.append((last_position, now_s))
        if len(self._marks) > MOST_MARKS:
            self._spacing_s *= 2
            *marks, newest = self._marks
            pairs = zip(marks[1::2], marks[::2], strict=True)
            self._marks = [*((later[0], earlier[1]) for later, earlier in pairs), newest]

    def age_s(self, first_waiting: int, now_s: float) -> float:
        """Age of the oldest waiting row; 0 when none waits."""
        since_s = (since_s for position, since_s in self._marks if position >= first_waiting)
        return max(0.0, now_s - next(since_s, now_s))
