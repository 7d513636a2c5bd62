"""The way to the server: straight, or through a proxy of the environment."""

import base64
import encodings.idna  # noqa: F401  # dialing needs it: a process that forks while a thread first loads it never can
import http.client
import ipaddress
import ssl
from typing import Dict, Optional, Tuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass


class Road:
    """Opens connections to one server. A proxy never stands between this program
    and its own machine."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "https"
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.secure else 80)
        self.netloc = parts.netloc
        self.prefix = parts.path
        self._proxy = _proxy_for(parts.scheme, self.host, parts.netloc)
        self._tls = ssl.create_default_context() if self.secure else None

    def open(self, timeout: float) -> http.client.HTTPConnection:
        """A connection that is not dialed yet."""
        host, port = self.host, self.port
        if self._proxy:
            host, port = self._proxy[0], self._proxy[1]
        if not self.secure:
            return http.client.HTTPConnection(host, port, timeout=timeout)
        conn = http.client.HTTPSConnection(host, port, timeout=timeout, context=self._tls)
        if self._proxy:
            conn.set_tunnel(self.host, self.port, headers=self._proxy[2])
        return conn

    def target(self, path: str) -> str:
        """What the request line names."""
        if self._proxy and not self.secure:
            return "http://" + self.netloc + path
        return path

    def headers(self) -> Dict[str, str]:
        """What a plain proxy has to be told beside each request."""
        return dict(self._proxy[2]) if self._proxy and not self.secure else {}


def loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _proxy_for(scheme: str, host: str, netloc: str) -> Optional[Tuple[str, int, Dict[str, str]]]:
    """Host, port and credentials of the proxy, None for none."""
    if loopback(host):
        return None
    try:
        if proxy_bypass(netloc) or proxy_bypass(host):
            return None
        text = getproxies().get(scheme) or getproxies().get("all") or ""
        parts = urlsplit(text if "://" in text else "http://" + text)
        if not text or parts.scheme != "http" or not parts.hostname:
            return None
        return parts.hostname, parts.port or 80, _credentials(parts.username, parts.password)
    except (ValueError, OSError):
        return None


def _credentials(user: Optional[str], word: Optional[str]) -> Dict[str, str]:
    if user is None:
        return {}
    pair = unquote(user) + ":" + unquote(word or "")
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
