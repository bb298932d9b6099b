"""Messages of the diagnosis."""

import logging
from smtplib import SMTPException

from accounts.models import User
from authorities.models import Participant
from common.emails import build_email
from diagnostics.models import Diagnosis

logger = logging.getLogger(__name__)


def send_rating_request(
    diagnosis: Diagnosis, participant: Participant, url: str, *, sender: User, is_reminder: bool
) -> None:
    """Ask a participant for their ratings, or remind them. A refusal of the mail server is logged, nothing is lost."""
    context = {
        "participant": participant,
        "authority": participant.initiative.authority,
        "diagnosis": diagnosis,
        "url": url,
        "sender": sender,
        "is_reminder": is_reminder,
    }
    message = build_email("rating_request", participant.email, context)
    message.reply_to = [sender.email]
    try:
        message.send()
    except (SMTPException, OSError):
        logger.exception("the message rating_request could not be sent to participant %s", participant.pk)
