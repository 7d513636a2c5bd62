"""What the tests share: the server that the Go test runs, and a fake one."""

import contextlib
import faulthandler
import http.server
import io
import json
import os
import subprocess
import sys
import textwrap
import threading
import time
import unittest

import herald

PATIENCE = 30.0  # seconds in which what has to come comes


def stop():
    """Stops the server."""
    _ask("stop")


def start():
    """Starts the server again, on the same address and database."""
    _ask("start")


def _ask(what):
    sys.__stdout__.write(what + "\n")
    sys.__stdout__.flush()
    assert sys.__stdin__.readline() == "done\n"


def until(look, say="it never came"):
    """Waits until something is so, and returns it."""
    end = time.monotonic() + PATIENCE
    while True:
        got = look()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(say)
        time.sleep(0.01)


class Case(unittest.TestCase):
    """A test with the server of the Go test."""

    @classmethod
    def setUpClass(cls):
        cls.client = herald.Client()

    def ended(self, id):
        """A task as the server has it, once it has ended."""
        return until(lambda: self.over(id), "task %s does not end" % id)

    def over(self, id):
        """The task, if it has ended."""
        try:
            got = self.client.task(id)
        except (herald.Problem, herald.Away):
            return None  # it is not made yet
        return got if got["status"] in ("completed", "failed", "cancelled") else None

    def types(self, id):
        """The types of a task's milestones; their numbers have no gap."""
        events = list(self.client.events(id))
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))
        return [e["type"] for e in events]

    def lines(self, id):
        """A task's output."""
        return [x["line"] for x in self.client.logs(id)]

    def python(self, code, *args, env=None, check=True):
        """Runs a program in a process of its own."""
        got = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), *args], env=dict(os.environ, **(env or {})), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=PATIENCE * 2,
        )
        if check:
            self.assertEqual(got.returncode, 0, got.stderr)
        return got


class Fake:
    """A far side that answers as it is told. ``answer`` gets method, path, headers and
    body, and returns (status, type, body), or None to break the connection off."""

    def __init__(self, answer):
        self.calls = []  # (method, path, headers, body)
        self.answer = answer
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                fake.calls.append((self.command, self.path, dict(self.headers), body))
                got = fake.answer(self.command, self.path, self.headers, body)
                if got is None:
                    self.close_connection = True
                    return
                status, kind, out = got[:3]
                out = out if isinstance(out, bytes) else json.dumps(out).encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                headers = dict([("Content-Length", str(len(out)))] + (got[3] if len(got) > 3 else []))
                self.close_connection = headers["Content-Length"] != str(len(out))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(out)

            do_GET = do_POST

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def problem(status, code, detail="", **more):
    """A problem document."""
    return status, "application/problem+json", dict(more, title="No", status=status, detail=detail, code=code)


class Herald:
    """A small server of tasks, for a fake far side: it takes everything, and counts each
    report of a worker once."""

    def __init__(self):
        self.reports = []  # that counted
        self.lines = []
        self.seen = {}  # the newest seq of each worker
        self.keys = set()
        self.lock = threading.Lock()
        self.control = None

    def __call__(self, method, path, headers, body):
        with self.lock:
            if path == "/api/tasks":
                return 201, "application/json", {"task_id": json.loads(body)["id"], "status": "pending", "run": 1, "attempt": 1, "version": 1}
            if path == "/api/reports":
                return 200, "application/x-ndjson", b"".join(json.dumps(self.take(json.loads(x))).encode() + b"\n" for x in body.splitlines())
            if path.endswith("/logs"):
                if headers["Idempotency-Key"] not in self.keys:
                    self.keys.add(headers["Idempotency-Key"])
                    self.lines += json.loads(body)
                return 200, "application/json", {"status": "running"}
            if path.endswith("/heartbeat"):
                return 200, "application/json", {"task_id": "t", "status": "running", "version": 1, "control": self.control, "run": 1, "attempt": 1}
            return problem(404, "not_found")

    def take(self, report):
        if report["seq"] > self.seen.get(report["worker"], 0):
            self.seen[report["worker"]] = report["seq"]
            self.reports.append(report)
        return {"task_id": report["task_id"], "code": 200, "status": "running", "version": 1, "control": self.control, "run": 1, "attempt": 1}


@contextlib.contextmanager
def stderr():
    """What is said on stderr; of each sort of notice the first is said again."""
    from herald import notice

    said, kept = io.StringIO(), notice._said
    notice._said = set()
    try:
        with contextlib.redirect_stderr(said):
            yield said
    finally:
        notice._said = kept


def main():
    faulthandler.dump_traceback_later(120, exit=True)
    unittest.main(argv=[sys.argv[0]] + os.environ.get("HERALD_TESTS", "").split(), verbosity=1)
