"""What the applications to the right tell about their news, without an import towards them.

Each registers its kinds when Django starts (`AppConfig.ready`): whether a piece of news still makes sense, how it is
written, and which rounds or ballots are open.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from authorities.enums import ActivityKind
from authorities.models import ActivityItem, Participant


@dataclass(frozen=True)
class NewsLine:
    """A piece of news as it is written: subject when it is alone, sentence or two, label of its button (a verb)."""

    subject: str
    text: str
    button: str


@dataclass(frozen=True)
class OpenPoll:
    """A round or a ballot that is open, and those who have not answered at all."""

    object_pk: int
    opens_at: datetime
    closes_at: datetime
    silent: tuple[Participant, ...]
    actor: User | None


@dataclass(frozen=True)
class NewsSource:
    """The answers of one application about its kinds of news.

    `why_over`: why a piece of news is no longer to be sent, « » when it is: asked again at the moment of sending.
    `reminder_kind` and `open_polls`: for what is reminded by the clock.
    """

    kinds: frozenset[ActivityKind]
    why_over: Callable[[ActivityItem, datetime], str]
    write: Callable[[ActivityItem], NewsLine]
    reminder_kind: ActivityKind | None = None
    open_polls: Callable[[datetime], Iterable[OpenPoll]] | None = None


_sources: dict[ActivityKind, NewsSource] = {}


def register_news(source: NewsSource) -> None:
    """Make the kinds of news of an application known; the last one registered for a kind answers."""
    _sources.update(dict.fromkeys(source.kinds, source))


def source_of(item: ActivityItem) -> NewsSource:
    return _sources[ActivityKind(item.kind)]


def polls_to_remind(now: datetime) -> list[tuple[ActivityKind, OpenPoll]]:
    """Return every open round and ballot with the kind of its reminder."""
    sources = {id(source): source for source in _sources.values()}.values()
    return [
        (source.reminder_kind, poll)
        for source in sources
        if source.reminder_kind is not None and source.open_polls is not None
        for poll in source.open_polls(now)
    ]
