"""Time of the meeting that agrees on the levels. Pure: plain values in and out.

The whole time is the duration of the meeting in the calendar of the démarche, two hours unless the référent changed
it; a question gets an equal share, between the two limits below, which are proposals of Jalons: the source of the
method gives no duration.
"""

USUAL_MINUTES = 120
LEAST_MINUTES = 2
MOST_MINUTES = 10


def minutes_per_question(count: int, meeting_minutes: int = USUAL_MINUTES) -> int:
    """Return the whole minutes that each question to discuss may take, from 2 to 10; 10 when there is none."""
    share = meeting_minutes // count if count else MOST_MINUTES
    return max(LEAST_MINUTES, min(MOST_MINUTES, share))


def planned_minutes(count: int, meeting_minutes: int = USUAL_MINUTES) -> int:
    """Return the time that the questions to discuss take together: each its share, whole minutes."""
    return count * minutes_per_question(count, meeting_minutes)
