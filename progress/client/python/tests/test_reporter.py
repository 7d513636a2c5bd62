"""The reporter, with a far side that fails in every way."""

import json
import os
import random
import tempfile
import threading
import time
import unittest

import herald
from far import PATIENCE, Fake, Herald, main, problem, stderr, until
from herald import backlog, output, plain, shelf, spool
from herald.backlog import Backlog
from herald.caller import Caller
from herald.link import Link
from herald.output import Output, pieces
from herald.sync import sync

TOKEN = "hrld_a-secret-token-of-these-tests"


class Case(unittest.TestCase):
    def setUp(self):
        self.herald = Herald()
        self.fake = Fake(self.herald)
        self.addCleanup(self.fake.close)
        self.client = herald.Client(self.fake.url, TOKEN, timeout=3)

    def task(self, **more):
        return herald.task("Test", client=self.client, beat=60, **more)

    def steps(self, status="completed"):
        return [r["step"] for r in self.herald.reports if r.get("step_status") == status]


class Faults(Case):
    def test_each_answer_may_be_lost(self):
        """Every request may be broken off before or after it is done, or be answered with
        anything: what was reported counts once and in order."""
        chance = random.Random(7)

        def answer(method, path, headers, body):
            kind = chance.choice(["good", "good", "cut", "lost", "torn", "busy", "gateway", "broken", "late"])
            if kind == "cut":
                return None
            if kind == "busy":
                return problem(429, "limited") + ([("Retry-After", "0")],)
            if kind == "gateway":
                return 502, "text/html", b"<h1>Bad gateway"
            if kind == "broken":
                return problem(503, "unavailable")
            got = self.herald(method, path, headers, body)
            if kind == "lost":
                return None
            if kind == "torn" and isinstance(got[2], bytes):
                return got[0], got[1], got[2][: len(got[2]) * 2 // 3]
            return got

        self.fake.answer = answer
        with stderr():
            with self.task() as t:
                for i in range(40):
                    with t.step("s%d" % i):
                        t.log("l%d" % i)
                    if i % 7 == 0:
                        time.sleep(0.02)
            self.assertTrue(t.flush(PATIENCE * 2))
        self.assertEqual(self.steps(), ["s%d" % i for i in range(40)])
        self.assertEqual(self.steps("running"), ["s%d" % i for i in range(40)])
        self.assertEqual([x["line"] for x in self.herald.lines], ["l%d" % i for i in range(40)])
        self.assertEqual([r["status"] for r in self.herald.reports if "status" in r], ["running", "completed"])

    def test_numbers_names_and_runs(self):
        for _ in range(2):
            with self.task() as t:
                t.step("a").complete()
            self.assertTrue(t.flush(PATIENCE))
        seqs = {}
        for r in self.herald.reports:
            seqs.setdefault(r["worker"], []).append(r["seq"])
            self.assertEqual((r["run"], r["attempt"]), (1, 1))
            self.assertTrue(r["at"].endswith("Z"))
        self.assertEqual(list(seqs.values()), [[1, 2, 3]] * 2)

    def test_a_refused_report_does_not_take_the_end_with_it(self):
        def answer(method, path, headers, body):
            if path != "/api/reports":
                return self.herald(method, path, headers, body)
            out = []
            for line in map(json.loads, body.splitlines()):
                bad = "result" in line or line.get("message") == "bad"
                out.append({"task_id": "t", "code": 413 if "result" in line else 400, "detail": "no"} if bad else self.herald.take(line))
            return 200, "application/x-ndjson", b"".join(json.dumps(a).encode() + b"\n" for a in out)

        self.fake.answer = answer
        with stderr() as said:
            with self.task() as t:
                t.message("bad")
                t.step("a").complete()
                t.complete({"a": 1})
            self.assertTrue(t.flush(PATIENCE))
        self.assertEqual([(r.get("step"), r.get("status"), r.get("result")) for r in self.herald.reports], [(None, "running", None), ("a", None, None), (None, "completed", None)])
        self.assertEqual(said.getvalue().count("\n"), 2, said.getvalue())

    def test_one_that_has_to_come_again_is_not_overtaken(self):
        """A report that was put off while later ones were taken counts all the same."""
        put_off = []

        def answer(method, path, headers, body):
            if path != "/api/reports":
                return self.herald(method, path, headers, body)
            out = []
            for line in map(json.loads, body.splitlines()):
                first = line.get("step") == "a" and not put_off
                if first:
                    put_off.append(line["seq"])
                out.append({"task_id": "t", "code": 429, "detail": "later"} if first else self.herald.take(line))
            return 200, "application/x-ndjson", b"".join(json.dumps(a).encode() + b"\n" for a in out)

        self.fake.answer = answer
        with stderr():
            with self.task() as t:
                for name in "abc":
                    t.step(name).complete()
            self.assertTrue(t.flush(PATIENCE))
        self.assertEqual(sorted(self.steps()), ["a", "b", "c"])

    def test_a_request_that_is_too_large(self):
        def answer(method, path, headers, body):
            if len(body.splitlines()) > 3 or path.endswith("/logs") and len(json.loads(body)) > 2:
                return problem(413, "too_large")
            return self.herald(method, path, headers, body)

        self.fake.answer = answer
        with self.task() as t:
            for i in range(20):
                t.step("s%d" % i).complete()
                t.log("l%d" % i)
        self.assertTrue(t.flush(PATIENCE))
        self.assertEqual(self.steps(), ["s%d" % i for i in range(20)])
        self.assertEqual([x["line"] for x in self.herald.lines], ["l%d" % i for i in range(20)])

    def test_a_server_that_forgot_the_task(self):
        lost = [True]

        def answer(method, path, headers, body):
            if path == "/api/reports" and lost:
                return 200, "application/x-ndjson", b"".join(b'{"task_id":"t","code":404,"detail":"no"}\n' for _ in body.splitlines())
            got = self.herald(method, path, headers, body)
            if path == "/api/tasks" and [c for c in self.fake.calls if c[1] == "/api/reports"]:
                lost.clear()
            elif path == "/api/tasks":
                got[2]["run"] = 3
            return got

        self.fake.answer = answer
        with self.task() as t:
            t.step("a").complete()
        self.assertTrue(t.flush(PATIENCE))
        self.assertEqual(len([c for c in self.fake.calls if c[1] == "/api/tasks"]), 2)
        self.assertEqual(self.steps(), ["a"])
        self.assertEqual({r.get("run", 1) for r in self.herald.reports}, {1})

    def test_a_token_that_is_no_longer_good_loses_nothing(self):
        bad = [True]
        self.fake.answer = lambda *a: problem(401, "unauthorized", "expired") if bad and a[1] == "/api/reports" else self.herald(*a)
        with stderr() as said:
            with self.task() as t:
                t.step("a").complete()
            t.flush(0.3)
        self.assertIn("does not take the token", said.getvalue())
        bad.clear()
        self.assertTrue(t.flush(PATIENCE))
        self.assertEqual(self.steps(), ["a"])

    def test_the_token_is_masked(self):
        with self.task() as t:
            t.log("export HERALD_TOKEN=" + TOKEN)
            t.message(TOKEN)
        self.assertTrue(t.flush(PATIENCE))
        for _, _, headers, body in self.fake.calls:
            self.assertNotIn(TOKEN.encode(), body)
        self.assertIn("HERALD_TOKEN=***", str(self.herald.lines))
        for text in (repr(t), repr(vars(t)), repr(vars(t._wire)), repr(vars(t._wire._link))):
            self.assertNotIn(TOKEN, text)

    def test_heartbeats_when_idle(self):
        with herald.task("Test", client=self.client, beat=0.05) as t:
            t.flush(PATIENCE)
            end = time.monotonic() + PATIENCE
            while sum(c[1].endswith("/heartbeat") for c in self.fake.calls) < 3:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.01)
        self.assertTrue(t.flush(PATIENCE))
        time.sleep(0.3)
        beats = sum(c[1].endswith("/heartbeat") for c in self.fake.calls)
        time.sleep(0.2)
        self.assertEqual(sum(c[1].endswith("/heartbeat") for c in self.fake.calls), beats, "none after the end")
        until(lambda: "herald" not in [x.name for x in threading.enumerate()], "the thread does not end")

    def test_percents_are_merged_and_the_job_is_not_slowed(self):
        gate = threading.Event()

        def answer(*a):
            gate.wait(PATIENCE)
            return self.herald(*a)

        self.fake.answer = answer
        with self.task() as t:
            began = time.perf_counter()
            with t.step("a") as s:
                for i in range(20_000):
                    s.progress(i / 200)
            each = (time.perf_counter() - began) / 20_000
            gate.set()
        self.assertTrue(t.flush(PATIENCE))
        self.assertLess(each, 0.0002)
        self.assertLess(len(self.herald.reports), 10)
        self.assertEqual(max(r.get("step_progress", 0) for r in self.herald.reports), 19_999 / 200)


class Waiting(unittest.TestCase):
    """What waits, without a server."""

    def put(self, b, *reports):
        for r in reports:
            self.n = getattr(self, "n", 0) + 1
            b.add(dict(r), self.n)
        return [e.report for e in b.take(1000, 1, 1)]

    def test_merging(self):
        a, b, begin_a, begin_b = {"step": "a"}, {"step": "b"}, {"step": "a", "step_status": "running"}, {"step": "b", "step_status": "running"}
        for given, want in (
            ([begin_a, dict(a, step_progress=1), dict(a, step_progress=2)], [begin_a, dict(a, step_progress=2)]),
            ([begin_a, begin_b, dict(a, step_progress=1), dict(b, step_progress=5), dict(a, step_progress=2)], [begin_a, begin_b, dict(b, step_progress=5), dict(a, step_progress=2)]),
            ([dict(a, step_progress=1), dict(a, step_progress=2)], [dict(a, step_progress=1), dict(a, step_progress=2)]),
            ([begin_a, dict(a, message="x", step_progress=1), dict(a, step_progress=2)], [begin_a, dict(a, step_progress=2, message="x")]),
            ([begin_a, begin_b, dict(a, message="x", step_progress=1), dict(b, message="y"), dict(a, step_progress=2)], [begin_a, begin_b, dict(b, message="y"), dict(a, step_progress=2)]),
            ([begin_a, begin_b, dict(a, metrics={"m": 1, "o": 1}), dict(b, metrics={"m": 2})], [begin_a, begin_b, dict(b, metrics={"m": 2, "o": 1})]),
            ([begin_a, dict(a, step_progress=1), {"result": 1}, dict(a, step_progress=2)], [begin_a, dict(a, step_progress=1), {"result": 1}, dict(a, step_progress=2)]),
            ([{"progress": 1}, {"progress": 2, "message": "x"}, {"progress": 3}], [{"progress": 1}, {"progress": 3, "message": "x"}]),
        ):
            self.assertEqual(self.put(Backlog(), *given), want)

    def test_merging_is_as_if_all_were_sent(self):
        """Random reports: what the server would hold at the end, and at each milestone, is
        the same with merging and without."""

        def state(reports):
            whole, steps, seen = {}, {}, []
            for r in reports:
                for k in ("progress", "message"):
                    whole[k] = r.get(k, whole.get(k))
                whole.setdefault("metrics", {}).update(r.get("metrics", {}))
                if "step" in r:
                    steps.setdefault(r["step"], {}).update({k: v for k, v in r.items() if k.startswith("step_")})
                if "step_status" in r:
                    seen.append(json.dumps([whole, steps], sort_keys=True))
            return seen, json.dumps([whole, steps], sort_keys=True)

        for seed in range(300):
            chance, reports = random.Random(seed), []
            for n in range(60):
                r = {"step": chance.choice("abc")} if chance.random() < 0.8 else {}
                if r and chance.random() < 0.1:
                    r["step_status"] = "running"
                if r and chance.random() < 0.7:
                    r["step_progress"] = n
                if chance.random() < 0.3:
                    r["message"] = str(n)
                if chance.random() < 0.3:
                    r["progress"] = n
                if chance.random() < 0.3:
                    r["metrics"] = {chance.choice("xyz"): n}
                reports.append(r)
            self.assertEqual(state(self.put(Backlog(), *reports)), state(reports), seed)

    def test_bounded(self):
        old = backlog.MOST_REPORTS
        self.addCleanup(setattr, backlog, "MOST_REPORTS", old)
        backlog.MOST_REPORTS = 100
        b = Backlog()
        for i in range(300):
            b.add({"step": "s%d" % i, "step_progress": 1}, i)
        for i in range(90):
            b.add({"step": "t%d" % i, "step_status": "completed"}, 300 + i)
        self.assertLessEqual(len(b), 100)
        kept = [e.report for e in b.all()]
        self.assertEqual(len([r for r in kept if "step_status" in r]), 90, "percents go first")
        self.assertEqual(kept[0], {"step": "s%d" % (300 - (len(kept) - 90)), "step_progress": 1}, "the oldest of them")
        self.assertEqual(b.dropped, 390 - len(b))
        for i in range(50):
            b.add({"step": "u%d" % i, "step_status": "completed"}, 400 + i)
        b.add({"status": "completed"}, 500)
        kept = [e.report for e in b.all()]
        self.assertEqual(len(kept), 100)
        self.assertEqual(kept[-1], {"status": "completed"}, "the end is kept")
        self.assertEqual(kept[0], {"step": "t0", "step_status": "completed"})

    def test_bounded_by_bytes(self):
        old = backlog.MOST_SIZE
        self.addCleanup(setattr, backlog, "MOST_SIZE", old)
        backlog.MOST_SIZE = 100_000
        b = Backlog()
        for i in range(300):
            b.add({"step": "s%d" % i, "step_progress": 1, "message": "x" * 4000}, i)
        self.assertLess(len(b), 30)
        self.assertEqual(b.dropped, 300 - len(b))

    def test_a_full_queue_is_said_once(self):
        old = backlog.MOST_REPORTS
        self.addCleanup(setattr, backlog, "MOST_REPORTS", old)
        backlog.MOST_REPORTS = 20
        with stderr() as said, tempfile.TemporaryDirectory() as folder:
            spooling = os.environ.get("HERALD_SPOOL", "")
            os.environ["HERALD_SPOOL"] = folder
            try:
                t = herald.task("Full", client=herald.Client("http://127.0.0.1:9", TOKEN)).start()
                for i in range(100):
                    t.step("s%d" % i).progress(3)
                t.complete()
                t._wire._reporter.close(0.1, 0.1)
            finally:
                os.environ["HERALD_SPOOL"] = spooling
        self.assertEqual(len([x for x in said.getvalue().splitlines() if "dropped" in x]), 1, said.getvalue())

    def test_a_process_does_not_wait_for_a_server_that_was_away_before(self):
        with stderr(), tempfile.TemporaryDirectory() as folder:
            old = os.environ.get("HERALD_SPOOL", "")
            os.environ["HERALD_SPOOL"] = folder
            try:
                t = herald.task("Away", client=herald.Client("http://127.0.0.1:9", TOKEN)).start()
                t.complete()
                until(lambda: t._wire._reporter.away)
                began = time.monotonic()
                self.assertEqual(t._wire._reporter.close(20, 10), 3)
                self.assertLess(time.monotonic() - began, 5)
            finally:
                os.environ["HERALD_SPOOL"] = old

    def test_output(self):
        o = Output()
        for i in range(2500):
            o.add({"line": "l%d" % i, "at": "t"}, i + 1)
        got = []
        while True:
            p = o.take()
            if p is None:
                break
            self.assertLessEqual(len(p.lines), 1000)
            self.assertIs(o.take(), p)
            got += [x["line"] for x in p.lines]
            o.settle(p)
        self.assertEqual(got, ["l%d" % i for i in range(2500)])
        old = output.MOST_LINES
        self.addCleanup(setattr, output, "MOST_LINES", old)
        output.MOST_LINES = 20
        o = Output()
        for i in range(100):
            o.add({"line": "l%d" % i, "at": "t"}, i + 1)
        got = [x["line"] for p in o.all() for x in p.lines]
        self.assertEqual((got[:10], got[-9:]), (["l%d" % i for i in range(10)], ["l%d" % i for i in range(91, 100)]))
        self.assertIn("81 lines are left out", got[10])

    def test_percents(self):
        for given, want in ((float("nan"), None), ("x", None), (None, None), ("40", 40), (-1, 0), (101, 100), (True, 1), (float("inf"), 100)):
            self.assertEqual(plain.percent(given), want)

    def test_pieces(self):
        for text in ("", "a" * 16384, "a" * 16385, "é" * 20000, "a" + "😀" * 10000):
            got = pieces(text)
            self.assertEqual("".join(got), text)
            self.assertLessEqual(max(len(p.encode()) for p in got), 16384)

    def test_a_file_of_what_waits(self):
        with tempfile.TemporaryDirectory() as base:
            folder = os.path.join(base, "spool")
            link = Link(Caller("http://127.0.0.1:9", TOKEN), "task-1", {"title": "T"}, "w")
            link.report({"status": "running"})
            link.report({"message": TOKEN})
            link.log([{"line": TOKEN}, {"line": "b"}])
            name = shelf.save(link, folder)
            with open(os.path.join(folder, name), "rb") as f:
                raw = f.read()
            self.assertNotIn(TOKEN.encode(), raw)
            header, records = spool.load(os.path.join(folder, name))
            again = shelf.link_of(link.caller, header, records, lambda err: None)
            self.assertEqual((again.left(), again.worker, again.draft), (link.left(), "w", {"title": "T"}))
            self.assertEqual([(e.seq, e.run, e.attempt) for e in again.reports.all()], [(1, 1, 1), (2, 1, 1)])
            got = sync(link.caller, folder)
            self.assertEqual((got.sent, got.left), (0, link.left()))
            self.assertIsInstance(got.errors[0], herald.Away)
            self.assertEqual(spool.names(folder), [name])
            lock = spool.Lock(folder)
            self.assertTrue(lock.take())
            self.assertFalse(spool.Lock(folder).take())
            self.assertEqual(sync(link.caller, folder).left, 0, "another does it")
            lock.leave()


if __name__ == "__main__":
    main()
