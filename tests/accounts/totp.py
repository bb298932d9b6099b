"""Codes of an authenticator application, computed as RFC 6238 says, apart from the library under test."""

import base64
import hashlib
import hmac
import struct
import time

STEP_S = 30
DIGITS = 6


def totp_code(secret: str, at: float | None = None) -> str:
    """Return the six digits that an application shows for a base32 secret."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // STEP_S)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
