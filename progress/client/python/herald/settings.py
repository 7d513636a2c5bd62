"""Where the server is, and where this machine keeps what it has not heard."""

import hashlib
import os
import sys
from typing import Optional
from urllib.parse import urlsplit

DEFAULT_URL = "http://127.0.0.1:8080"
OFF = "off"  # as HERALD_URL: nothing is reported


def url_of(given: Optional[str]) -> str:
    """The server's address: the given one, else ``HERALD_URL``, else this machine's."""
    return given or os.environ.get("HERALD_URL") or DEFAULT_URL


def token_of(given: Optional[str]) -> str:
    """The token: the given one, else ``HERALD_TOKEN``, else none."""
    token = given if given is not None else os.environ.get("HERALD_TOKEN", "")
    if any(c <= " " or c > "~" for c in token):
        raise ValueError("the token holds a character that no token has, such as a space or a line end; look at where it is set")
    return token


def check_url(text: str) -> str:
    """The address without a slash at its end. A ``ValueError`` says what is wrong
    with it, without what might be a password."""
    example = "; it looks like " + DEFAULT_URL
    try:
        parts = urlsplit(text.strip().rstrip("/"))
        _ = parts.port
    except ValueError:
        raise ValueError("the server's URL cannot be read" + example) from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("the server's URL must not hold a name or password; give the token beside it")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("HERALD_URL is no address of a server" + example)
    if parts.query or parts.fragment or any(c <= " " or c > "~" for c in text.strip()):
        raise ValueError("the server's URL must be plain and end before the ? or #" + example)
    return parts.geturl()


def spool_folder(url: str) -> str:
    """The folder in which reports wait that this server has not heard: one a
    server, below ``HERALD_SPOOL`` or the user's state folder, where ``herald sync``
    looks too. "" if there is no place."""
    base = os.environ.get("HERALD_SPOOL", "") or _state()
    if not base:
        return ""
    return os.path.join(base, hashlib.sha256(url.encode()).hexdigest()[:12])


def _state() -> str:
    base = os.environ.get("XDG_STATE_HOME", "")
    if not base and sys.platform == "win32" and not os.environ.get("HOME"):
        base = os.environ.get("LOCALAPPDATA", "")
    if not base:
        home = os.path.expanduser("~")
        if home in ("", "~"):
            return ""
        base = os.path.join(home, ".local", "state")
    return os.path.join(base, "herald", "spool")
