"""Messages of a ballot. They never tell a vote."""

import logging
from smtplib import SMTPException

from accounts.models import User
from authorities.models import Participant
from common.emails import build_email
from levers.models import Ballot
from levers.wording import written_moment

logger = logging.getLogger(__name__)


def send_vote_request(ballot: Ballot, participant: Participant, url: str, *, sender: User, is_reminder: bool) -> None:
    """Ask a participant for their votes, or remind them. A refusal of the mail server is logged, nothing is lost."""
    context = {
        "participant": participant,
        "authority": participant.initiative.authority,
        "closing": written_moment(ballot.closes_at),
        "url": url,
        "sender": sender,
        "is_reminder": is_reminder,
    }
    message = build_email("vote_request", participant.email, context)
    message.reply_to = [sender.email]
    try:
        message.send()
    except (SMTPException, OSError):
        logger.exception("the message vote_request could not be sent to participant %s", participant.pk)
