"""Watching: each milestone once and in order, however often the server goes away."""

import threading
import unittest

import far
import herald
from far import Case, Fake, main, problem


class Watching(Case):
    def test_from_the_snapshot_to_the_end(self):
        id = self.client.create("Test", steps=[{"name": "a"}])["task_id"]
        got = []
        for frame in self.client.watch(id):
            got.append(frame["type"])
            if frame["type"] == "snapshot":
                self.assertEqual(frame["task"]["title"], "Test")
                self.client.report(id, step="a", step_status="running")
                self.client.report(id, step="a", step_progress=50, step_status="completed")
                self.client.report(id, status="completed", result=7)
        self.assertEqual([t for t in got if t != "progress"], ["snapshot", "task_started", "step_started", "step_complete", "task_complete"])
        self.assertEqual(frame["result"], 7)
        self.assertEqual([f["type"] for f in self.client.watch(id)], ["snapshot", "task_complete"])
        self.assertEqual([f["type"] for f in self.client.watch(id, since=frame["seq"])], [])

    def test_breaks_lose_and_double_nothing(self):
        id = self.client.create("Test")["task_id"]
        frames, started = [], threading.Event()

        def watch():
            for frame in self.client.watch(id):
                frames.append(frame)
                started.set()

        reader = threading.Thread(target=watch)
        reader.start()
        self.assertTrue(started.wait(far.PATIENCE))
        with herald.task("x", claim={"task_id": id}) as t:
            for i in range(20):
                with t.step("step %d" % i):
                    pass
                if i in (5, 12):
                    t.flush(far.PATIENCE)
                    far.stop()
                    far.start()
            self.assertTrue(t.flush(far.PATIENCE))
            far.stop()
            far.start()
        reader.join(far.PATIENCE)
        self.assertFalse(reader.is_alive())
        seqs = [f["seq"] for f in frames if f["type"] not in ("progress", "snapshot")]
        first = frames[0]["seq"]
        self.assertEqual(seqs, list(range(first + 1, first + 1 + len(seqs))), "each once and in order")
        self.assertEqual(frames[-1]["type"], "task_complete")
        self.assertEqual(frames[-1]["seq"], list(self.client.events(id))[-1]["seq"])

    def test_an_old_end_does_not_end_it(self):
        id = self.client.create("Test")["task_id"]
        self.client.report(id, status="failed")
        self.client.restart(id)
        got = []
        for frame in self.client.watch(id, since=0):
            got.append(frame["type"])
            if frame["type"] == "task_restarted":
                self.client.report(id, status="completed")
        self.assertEqual([t for t in got if t in ("task_failed", "task_restarted", "task_complete")], ["task_failed", "task_restarted", "task_complete"])

    def test_refusals_end_it(self):
        with self.assertRaises(herald.Problem) as got:
            list(self.client.watch("nobody"))
        self.assertEqual(got.exception.status, 404)
        with self.assertRaises(herald.Problem) as got:
            list(herald.Client(token="a-token-that-nobody-has").watch("x"))
        self.assertEqual(got.exception.status, 401)

    def test_logs_and_controls(self):
        id = self.client.create("Test", controls=["pause"])["task_id"]
        self.client.heartbeat(id, worker="w")
        got = []
        for frame in self.client.watch(id, logs=True, worker="w"):
            if frame["type"] == "snapshot":
                self.client.log(id, "hello")
            if frame["type"] == "log":
                got += [x["line"] for x in frame["lines"]]
                self.client.cancel(id)
            if frame["type"] == "control":
                got.append(frame["control"])
        self.assertEqual(got, ["hello", "cancel"])


class Broken(unittest.TestCase):
    def test_a_break_between_snapshot_and_end(self):
        """The end of a task that had ended comes, though the server thinks it was seen."""
        asked = []

        def answer(method, path, headers, body):
            asked.append(path.partition("?")[2])
            if len(asked) == 1:
                snapshot = b'event: snapshot\nid: 4\ndata: {"type":"snapshot","seq":4,\ndata: "task":{"status":"completed"}}\n\n: a comment\n\n'
                return 200, "text/event-stream", snapshot, [("Content-Length", "9999")]
            if "since=4" in asked[-1]:
                return 204, "text/plain", b""
            return 200, "text/event-stream", b'event: task_complete\nid: 4\ndata: {"type":"task_complete","seq":4}\n\n'

        fake = Fake(answer)
        self.addCleanup(fake.close)
        got = [f["type"] for f in herald.Client(fake.url).watch("a")]
        self.assertEqual(got, ["snapshot", "task_complete"])
        self.assertEqual(asked, ["", "since=4", "since=3"])

    def test_away_is_waited_out(self):
        answers = [None, problem(503, "unavailable"), (502, "text/html", b""), (200, "text/event-stream", b'data: {"type":"task_failed","seq":1}\n\n')]
        fake = Fake(lambda *a: answers.pop(0))
        self.addCleanup(fake.close)
        self.assertEqual([f["type"] for f in herald.Client(fake.url).watch("a")], ["task_failed"])


if __name__ == "__main__":
    main()
