"""The small server of `make watch`: shows the report on this machine, and tells pages what is new.

    python -m case_review.build.serving SITE PORT

is a process of its own beside the one that builds, which forks and so must have no threads. What
the build says comes in by standard input and what was saved goes out by standard output, a line of
JSON each; when its input ends, however the other process ended, it ends as well.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import mimetypes
import os
import signal
import stat
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from case_review.build import page_script, watched
from case_review.project import find_project

ADDRESS = "127.0.0.1"
#: Names under which a browser on this machine, or at the end of a tunnel, knows the server. Any
#: other means that a page of somebody else has made its own name point here.
_NAMES = {"127.0.0.1", "localhost"}
#: Ports after the wanted one that are tried.
_MORE = 50
#: Seconds between two signs of life, by which a page that was closed is found out.
_PULSE = 15
#: Times that a file is looked for while the site is exchanged, and seconds between them.
_ATTEMPTS, _PAUSE = 20, 0.01


class Site:
    """The finished report, a folder that may be exchanged for another at any moment."""

    def __init__(self, folder: Path):
        self.folder = folder

    def read(self, parts: list[str]) -> bytes | None:
        """The bytes of a file that is in the site now; None if there is none.

        Parameters
        ----------
        parts
            Folders and name of the file; links and names like `..` lead nowhere.

        Raises
        ------
        IsADirectoryError
            For a folder.
        """
        if any(part in ("", ".", "..") or "/" in part or "\0" in part for part in parts):
            return None
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(FileNotFoundError), _opened(self.folder) as top:
                try:
                    return _read(top, parts)
                except (FileNotFoundError, NotADirectoryError):
                    # The folder may have been put aside between the two steps.
                    if os.path.samestat(os.fstat(top), self.folder.stat()):
                        return None
                except IsADirectoryError:
                    raise
                except OSError:  # a link, or a name that no file can have
                    return None
            time.sleep(_PAUSE)
        return None

    def page(self, address: str) -> tuple[str, bytes | None]:
        """Name and content of what an address like `/notebooks/` means.

        Raises
        ------
        IsADirectoryError
            For a folder whose address does not end in a slash.
        """
        path = unquote(urlsplit(address).path)
        path = path + "index.html" if path.endswith("/") else path
        return path, self.read(path.split("/")[1:]) if path.startswith("/") else None

    def version(self, address: str) -> str:
        """What tells a page from what it was before; empty if it is not there."""
        try:
            content = self.page(address)[1]
        except IsADirectoryError:
            return ""
        return version(content) if content is not None else ""


@contextlib.contextmanager
def _opened(path: Path | str, within: int | None = None):
    """A folder, opened; within another one links are not followed."""
    kind = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    descriptor = os.open(path, kind | (0 if within is None else os.O_NOFOLLOW), dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read(folder: int, parts: list[str]) -> bytes:
    if len(parts) > 1:
        with _opened(parts[0], folder) as inner:
            return _read(inner, parts[1:])
    # A pipe among the files must not hold the server up.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    with os.fdopen(os.open(parts[0], flags, dir_fd=folder), "rb") as stream:
        kind = os.fstat(stream.fileno()).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(parts[0])
        if not stat.S_ISREG(kind):
            raise FileNotFoundError(parts[0])
        return stream.read()


def version(content: bytes) -> str:
    """What tells a page from what it was before."""
    return hashlib.sha256(content).hexdigest()[:16]


class News:
    """What the build says last, for all who wait for it."""

    def __init__(self):
        self._changed = threading.Condition()
        self._number, self._last = 0, {"state": "building", "message": ""}

    def tell(self, said: dict) -> None:
        """Let everybody know."""
        with self._changed:
            self._number, self._last = self._number + 1, said
            self._changed.notify_all()

    def after(self, number: int, seconds: float) -> tuple[int, dict]:
        """What was said after the news `number`, or what still holds after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._number != number, seconds)
            return self._number, self._last


class Server(ThreadingHTTPServer):
    """Serves one site on this machine only."""

    daemon_threads = True

    def __init__(self, port: int, site: Site, news: News):
        self.site, self.news = site, news
        super().__init__((ADDRESS, port), _Handler)

    def handle_error(self, request, client_address):
        """Say nothing of a browser that went away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "case-review", ""
    #: Seconds for a request to arrive.
    timeout = 30

    def do_GET(self) -> None:
        """Answer with a file of the site, a page of its own, or what is new."""
        if self._host() not in _NAMES:
            self._send(
                HTTPStatus.FORBIDDEN, b"Open this server by its own address.\n", "text/plain"
            )
            return
        address = urlsplit(self.path)
        if address.scheme or address.netloc or not address.path.startswith("/"):
            self._send(HTTPStatus.BAD_REQUEST, b"Ask for a path.\n", "text/plain")
        elif address.path == page_script.EVENTS:
            self._events(parse_qs(address.query).get("page", ["/"])[0])
        else:
            self._file(address.path)

    do_HEAD = do_GET

    def _host(self) -> str:
        """The name that the browser knows this server by, without the port."""
        return self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")

    def _file(self, address: str) -> None:
        try:
            path, content = self.server.site.page(address)
        except IsADirectoryError:
            self._send(HTTPStatus.FOUND, b"", "text/plain", Location=f"{address}/")
            return
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        if content is not None and kind == "text/html":
            content = page_script.inject(content, version(content))
        if content is not None:
            self._send(HTTPStatus.OK, content, kind)
        elif not self.server.site.folder.is_dir():
            page = page_script.plain_page("The report is being made", "It will open here.")
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, page_script.inject(page, ""), "text/html")
        else:
            said = 'The report has no such page. <a href="/">To the report</a>'
            page = page_script.plain_page("Nothing here", said)
            self._send(HTTPStatus.NOT_FOUND, page_script.inject(page, ""), "text/html")

    def _send(self, status: HTTPStatus, content: bytes, kind: str, **headers: str) -> None:
        text = kind.startswith("text/") or kind in ("application/json", "image/svg+xml")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(content)))
        self._common()
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _common(self) -> None:
        """What holds for all answers: nothing is kept, framed, guessed, or read by other sites."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")

    def _events(self, page: str) -> None:
        """Tell a page what is new until it is closed."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self._common()
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(b"retry: 500\n\n")
        number = -1
        while True:
            before, (number, said) = number, self.server.news.after(number, _PULSE)
            if number == before:
                self.wfile.write(b":\n\n")
                continue
            content = json.dumps({**said, "version": self.server.site.version(page)})
            self.wfile.write(f"data: {content}\n\n".encode())

    def log_message(self, *_) -> None:
        """Print nothing: the terminal is the build's."""


def open_server(port: int, site: Site, news: News) -> Server:
    """A server on the wanted port or the next one that is free.

    Raises
    ------
    OSError
        If none of them is.
    """
    for number in range(port, min(port + _MORE, 65535)):
        with contextlib.suppress(OSError):
            return Server(number, site, news)
    return Server(0, site, news)


def main(arguments: list[str]) -> int:
    """`SITE PORT`: serve and watch until standard input ends."""
    # The other process is asked to end, and says by closing the pipe when it has.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    project = find_project()
    news = News()
    told = threading.Lock()

    def tell(content: dict) -> None:
        with told, contextlib.suppress(BrokenPipeError):
            print(json.dumps(content), flush=True)

    folder = Path(arguments[0]).absolute()
    server = open_server(int(arguments[1]), Site(folder), news)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    watch = watched.Watch(project, folder, lambda paths: tell({"saved": paths}))
    tell({"port": server.server_port})
    for line in sys.stdin:
        said = json.loads(line)
        news.tell(said)
        if said["state"] != "building":
            watch.look_again()
    os._exit(0)  # no thread is waited for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
