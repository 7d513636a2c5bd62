"""A server that goes away loses nothing: in the middle of a job, from its start, at its
end, and for processes that fork."""

import json
import os
import stat
import subprocess
import sys
import threading
import time

import far
import herald
from far import Case, main, stderr, until

SPOOL = os.environ.get("HERALD_SPOOL", "")


def spooled():
    """The files that wait."""
    found = []
    for folder, _, names in os.walk(SPOOL):
        found += [os.path.join(folder, n) for n in names if n.endswith((".ndjson", ".workflow"))]
    return found


def job(t, steps=6, lines=5):
    """A job of many milestones and lines."""
    for i in range(steps):
        with t.step("step %d" % i) as s:
            for j in range(lines):
                s.progress(100 * j / lines)
                s.log("%d %d" % (i, j))
            with s.substep("part"):
                pass
        yield i


class Away(Case):
    def whole(self, id, steps=6, lines=5, status="completed"):
        """Everything of the job is there, once and in order."""
        got = self.ended(id)
        self.assertEqual(got["status"], status)
        self.assertEqual([(s["name"], s["status"]) for s in got["steps"]], [("step %d" % i, "completed") for i in range(steps)])
        want = ["%d %d" % (i, j) for i in range(steps) for j in range(lines)]
        until(lambda: len(self.lines(id)) >= len(want))
        self.assertEqual(self.lines(id), want)
        types = self.types(id)
        for kind, n in (("task.started", 1), ("step.started", steps), ("step.completed", steps), ("task." + status, 1)):
            self.assertEqual(types.count(kind), n, kind)

    def test_in_the_middle_of_a_job(self):
        with stderr() as said:
            with herald.task("Middle") as t:
                for i in job(t):
                    if i == 1:
                        self.assertTrue(t.flush(far.PATIENCE))
                        far.stop()
                    if i == 3:
                        far.start()
                    if i == 4:
                        far.stop()
                        far.start()
            self.assertTrue(t.flush(far.PATIENCE))
        self.whole(t.id)
        self.assertLessEqual(said.getvalue().count("\n"), 1, said.getvalue())

    def test_away_from_the_start(self):
        far.stop()
        try:
            with stderr() as said:
                began = time.monotonic()
                with herald.task("Late") as t:
                    for _ in job(t):
                        pass
                self.assertLess(time.monotonic() - began, 0.5, "the job waits for nothing")
                self.assertFalse(t.flush(0.3))
        finally:
            far.start()
        self.assertTrue(t.flush(far.PATIENCE))
        self.whole(t.id)
        self.assertEqual(said.getvalue().count("\n"), 1, said.getvalue())
        self.assertIn("the work goes on, and reports wait", said.getvalue())

    def test_killed_again_and_again(self):
        """The server goes away at any moment of a job with many threads."""
        def work(t, n):
            for i in range(30):
                with t.step("%d.%d" % (n, i)) as s:
                    s.log("%d.%d" % (n, i))
                    s.progress(50)
                    time.sleep(0.01)

        with herald.task("Chaos") as t:
            threads = [threading.Thread(target=work, args=(t, n)) for n in range(4)]
            for x in threads:
                x.start()
            for n in range(5):
                far.stop()
                time.sleep(0.03 * n)
                far.start()
                time.sleep(0.05)
            for x in threads:
                x.join()
        self.assertTrue(t.flush(far.PATIENCE))
        got = self.ended(t.id)
        self.assertEqual(sorted(s["name"] for s in got["steps"]), sorted("%d.%d" % (n, i) for n in range(4) for i in range(30)))
        self.assertEqual({s["status"] for s in got["steps"]}, {"completed"})
        self.assertEqual(self.types(t.id).count("step.completed"), 120)
        self.assertEqual(sorted(self.lines(t.id)), sorted(s["name"] for s in got["steps"]))

    JOB = """
        import herald, sys
        t = herald.task("Process", id=sys.argv[1])
        with t:
            for i in range(6):
                with t.step("step %d" % i) as s:
                    for j in range(5):
                        s.log("%d %d" % (i, j))
                    with s.substep("part"):
                        pass
        {end}
    """

    def test_a_process_that_ends_is_heard_of(self):
        self.python(self.JOB.format(end=""), "ends")
        self.whole("ends")
        self.assertEqual(spooled(), [])

    def test_a_process_that_ends_while_the_server_is_away(self):
        far.stop()
        try:
            began = time.monotonic()
            got = self.python(self.JOB.format(end="sys.exit(3)"), "left", check=False)
            self.assertEqual(got.returncode, 3)
            self.assertLess(time.monotonic() - began, 6)
            self.assertEqual(got.stderr.count("herald:"), 1, got.stderr)
            self.assertEqual(got.stderr.count("\n"), 1, got.stderr)
            (file,) = spooled()
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
            self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(file)).st_mode), 0o700)
            with open(file) as f:
                self.assertNotIn(os.environ["HERALD_TOKEN"], f.read())
        finally:
            far.start()
        for _ in range(10):  # a short program does not stay long for what another left
            got = self.python("import herald\nwith herald.task('Next'): pass")
            self.assertEqual(got.stderr, "")
            if not spooled():
                break
        self.whole("left")
        self.assertEqual(spooled(), [])

    def test_the_command_sends_what_was_left(self):
        far.stop()
        try:
            self.python(self.JOB.format(end=""), "synced")
            got = self.python("import herald.__main__ as m, sys; sys.exit(m.main(['sync']))", check=False)
            self.assertEqual(got.returncode, 1)
            self.assertIn("left", got.stdout)
            self.assertEqual(len(spooled()), 1)
        finally:
            far.start()
        run = [sys.executable, "-m", "herald"]
        with open(spooled()[0]) as f:
            whole = f.read()
        got = subprocess.run(run + ["sync"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, stdin=subprocess.DEVNULL)
        self.assertEqual((got.returncode, got.stderr, got.stdout.split()[0]), (0, "", "sent"))
        self.whole("synced")
        self.assertEqual(spooled(), [])
        version = self.client.task("synced")["version"]
        folder = os.path.join(SPOOL, os.listdir(SPOOL)[0])
        with open(os.path.join(folder, "again.ndjson"), "w") as f:
            f.write(whole)  # as after a kill in the middle of it
        self.assertEqual(self.client.sync(folder).left, 0)
        self.whole("synced")
        self.assertEqual(self.client.task("synced")["version"], version, "a report counts once")
        for args, code in ((["version"], 0), ([], 2), (["report"], 2), (["--help"], 0)):
            got = subprocess.run(run + args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, stdin=subprocess.DEVNULL)
            self.assertEqual(got.returncode, code)
        self.assertEqual(self.client.sync().sent, 0)

    def test_damaged_files_are_set_aside(self):
        folder = os.path.join(SPOOL, "damaged")
        os.makedirs(folder)
        for name, text in (("a.ndjson", "{"), ("b.ndjson", '{"spool": 2}'), ("c.ndjson", ""), ("d.workflow", "[]")):
            with open(os.path.join(folder, name), "w") as f:
                f.write(text)
        got = self.client.sync(folder)
        self.assertEqual((got.sent, got.left, len(got.errors)), (0, 0, 4))
        self.assertEqual(sorted(n for n in os.listdir(folder) if n.endswith(".damaged")), ["a.ndjson.damaged", "b.ndjson.damaged", "c.ndjson.damaged", "d.workflow.damaged"])

    def test_a_claim_that_is_with_another_by_now(self):
        id = self.client.create("Claimed", kind="away")["task_id"]
        claim = dict(self.client.claim(["away"], "first"), worker="first")
        folder = os.path.join(SPOOL, "claimed")
        os.makedirs(folder)
        header = {"spool": 1, "url": self.client.url, "task_id": id, "worker": "second", "leased": True, "run": 1, "attempt": 1, "made": True}
        with open(os.path.join(folder, "a.ndjson"), "w") as f:
            f.write(json.dumps(header) + "\n" + json.dumps({"report": {"task_id": id, "status": "failed", "seq": 1, "worker": "second"}}) + "\n")
        got = self.client.sync(folder)
        self.assertEqual((got.sent, got.left), (1, 0))
        self.assertIn("another worker", str(got.errors[0]))
        self.assertNotEqual(self.client.task(id)["status"], "failed")
        self.assertEqual(claim["task_id"], id)

    def test_a_full_spool(self):
        got = self.python(
            """
            import herald, herald.spool, os
            herald.spool.MOST_BYTES = 10
            os.environ["HERALD_URL"] = "http://127.0.0.1:9"
            with herald.task("Lost"): pass
            """
        )
        self.assertIn("could not be sent, nor kept", got.stderr)

    def test_an_uncaught_exception(self):
        got = self.python(
            """
            import herald
            t = herald.task("Open", id="open").start()
            t.step("a").progress(30)
            1 / 0
            """, check=False,
        )  # fmt: skip
        self.assertEqual(got.returncode, 1)
        now = self.ended("open")
        self.assertEqual((now["status"], now["error"]["type"]), ("failed", "ZeroDivisionError"))
        self.python("import herald; herald.task('Open', id='open2').start()")
        self.assertEqual(self.ended("open2")["status"], "cancelled")


class Forks(Case):
    def test_fork(self):
        with herald.task("Fork", id="fork") as t:
            with t.step("parent") as s:
                for i in range(50):
                    s.log("parent %d" % i)
                child = os.fork()
                if child == 0:
                    code = 1
                    try:
                        with t.step("child") as c:
                            c.log("child")
                        t.complete()  # of a child: the parent ends the task
                        code = 0 if t.flush(far.PATIENCE) else 2
                    finally:
                        os._exit(code)
                self.assertEqual(os.waitpid(child, 0)[1], 0)
        got = self.ended("fork")
        self.assertEqual(sorted((s["name"], s["status"]) for s in got["steps"]), [("child", "completed"), ("parent", "completed")])
        until(lambda: len(self.lines("fork")) >= 51)
        self.assertEqual(sorted(self.lines("fork")), sorted(["child"] + ["parent %d" % i for i in range(50)]))
        self.assertEqual(self.types("fork").count("task.completed"), 1)

    def test_multiprocessing(self):
        self.python(
            """
            import herald, multiprocessing
            def work(n):
                with herald.current().step("part %d" % n) as s:
                    s.log("line %d" % n)
            multiprocessing.set_start_method("fork")
            with herald.task("Pool", id="pool"):
                children = [multiprocessing.Process(target=work, args=(n,)) for n in range(4)]
                for c in children: c.start()
                for c in children: c.join()
                assert [c.exitcode for c in children] == [0] * 4
            """
        )
        got = self.ended("pool")
        self.assertEqual(got["status"], "completed")
        self.assertEqual(sorted(s["name"] for s in got["steps"]), ["part %d" % n for n in range(4)])
        self.assertEqual(sorted(self.lines("pool")), ["line %d" % n for n in range(4)])
        self.assertEqual(spooled(), [])

    def test_fork_while_the_server_is_away(self):
        far.stop()
        try:
            self.python(
                """
                import herald, os, sys
                with herald.task("Both", id="both") as t:
                    t.step("before").complete()
                    child = os.fork()
                    t.step("child" if child == 0 else "parent").complete()
                    if child:
                        assert os.waitpid(child, 0)[1] == 0
                """
            )
            self.assertEqual(len(spooled()), 2)
        finally:
            far.start()
        self.assertEqual(self.client.sync().left, 0)
        got = self.ended("both")
        self.assertEqual(self.types("both").count("task.created"), 1)
        self.assertIn("before", [s["name"] for s in got["steps"]])
        self.assertEqual(spooled(), [])


if __name__ == "__main__":
    main()
