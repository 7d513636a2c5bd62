"""Tasks as a job sees them: steps, errors, coroutines, threads, and what people ask."""

import asyncio
import os
import threading
import time
import unittest

import herald
from far import Case, main, stderr, until

BEAT = 0.1


class Telling(Case):
    def test_a_whole_job(self):
        with herald.task("Import", kind="imp", steps=["Load", {"name": "Go", "substeps": ["a", "b"], "weight": 3}], labels={"n": 1}, metadata={"m": 2}, inputs=[1], callback_url="https://example.com/h", callback_events=["progress"]) as t:
            self.assertIs(herald.current(), t)
            with t.step("Load") as s:
                s.progress(40, "row 4")
                t.log("in the step")
            with t.step("Go") as s:
                with s.substep("a"):
                    s.log("line 1\nline 2", level="warn")
                with s.step("c"):
                    pass
            with t.step("Another"):
                pass
            t.progress(90)
            t.message("nearly")
            t.metrics(rows=5)
            t.metadata(host="h")
            t.result({"ok": True})
        self.assertIsNone(herald.current())
        got = self.ended(t.id)
        self.assertEqual((got["status"], got["title"], got["kind"], got["result"], got["labels"], got["inputs"]), ("completed", "Import", "imp", {"ok": True}, {"n": "1"}, [1]))
        self.assertEqual(next(iter(self.client.events(t.id)))["data"]["spec"]["callback_events"], ["progress"])
        self.assertEqual([(s["name"], s["status"]) for s in got["steps"]], [("Load", "completed"), ("Go", "completed"), ("Another", "completed")])
        self.assertEqual([(s["name"], s["done"]) for s in got["steps"][1]["substeps"]], [("a", True), ("b", True), ("c", True)])
        self.assertEqual((got["metrics"], got["metadata"]["host"], got["message"]), ({"rows": 5}, "h", "nearly"))
        logs = until(lambda: (lambda x: x if len(x) == 3 else None)(list(self.client.logs(t.id))))
        self.assertEqual([(x["line"], x["step"], x["level"]) for x in logs], [("in the step", "Load", "info"), ("line 1", "Go", "warn"), ("line 2", "Go", "warn")])

    def test_an_exception_fails_step_and_task(self):
        def deep():
            raise ValueError("no such row")

        with self.assertRaises(ValueError):
            with herald.task("Bad") as t:
                with t.step("one"):
                    pass
                with t.step("two"):
                    deep()
        got = self.ended(t.id)
        self.assertEqual((got["status"], got["error"]["type"], got["error"]["message"]), ("failed", "ValueError", "no such row"))
        self.assertEqual([s["status"] for s in got["steps"]], ["completed", "failed"])
        self.assertIn("in deep: raise ValueError", got["error"]["details"]["traceback"][-1])
        self.assertNotIn("herald/task.py", str(got["error"]))
        self.assertEqual(got["error"]["step"], 2)

    def test_a_step_that_may_fail(self):
        with herald.task("Bad step") as t:
            try:
                with t.step("one"):
                    raise KeyError("x")
            except KeyError:
                pass
            with t.step("two"):
                pass
        got = self.ended(t.id)
        self.assertEqual((got["status"], [s["status"] for s in got["steps"]]), ("completed", ["failed", "completed"]))

    def test_being_stopped_cancels(self):
        for err in (KeyboardInterrupt(), herald.Cancelled("enough"), asyncio.CancelledError()):
            with self.assertRaises(type(err)) as got:
                with herald.task("Stopped") as t:
                    with t.step("one"):
                        raise err
            self.assertIs(got.exception, err)
            self.assertEqual(self.ended(t.id)["status"], "cancelled")

    def test_leaving_the_program(self):
        for code, status, message in ((0, "completed", None), (None, "completed", None), (3, "failed", "exit status 3"), ("no disk", "failed", "no disk")):
            with self.assertRaises(SystemExit):
                with herald.task("Leaves") as t:
                    with t.step("one") as s:
                        with s.substep("part"):
                            raise SystemExit(code)
            got = self.ended(t.id)
            self.assertEqual((got["status"], got["steps"][0]["status"]), (status, status))
            if message:
                self.assertEqual(got["error"]["message"], message)

    def test_decorators(self):
        seen = []

        @herald.task("Nightly")
        def plain(a, b=2):
            """Doc."""
            seen.append(herald.current().id)
            return a + b

        @herald.task("Nightly async")
        async def waiting(a):
            seen.append(herald.current().id)
            await asyncio.sleep(0.01)
            return a

        @herald.task("Nightly generator")
        def yielding():
            seen.append(herald.current().id)
            got = yield 1
            return got

        @herald.task("Nightly failing")
        async def failing():
            seen.append(herald.current().id)
            raise OSError("disk")

        self.assertEqual((plain(1), plain(1, b=5), plain.__name__, plain.__doc__), (3, 6, "plain", "Doc."))

        async def both():
            return await asyncio.gather(waiting(1), waiting(2))

        self.assertEqual(asyncio.run(both()), [1, 2])
        g = yielding()
        self.assertEqual(next(g), 1)
        with self.assertRaises(StopIteration) as end:
            g.send(9)
        self.assertEqual(end.exception.value, 9)
        with self.assertRaises(OSError):
            asyncio.run(failing())
        self.assertEqual(len(set(seen)), 6, "each call is a task of its own")
        self.assertEqual([self.ended(id)["status"] for id in seen], ["completed"] * 5 + ["failed"])

    def test_coroutines_have_their_own_steps(self):
        async def one(n):
            async with herald.task("Async %d" % n) as t:
                async with t.step("step") as s:
                    s.progress(10)
                    await asyncio.sleep(0.02)
                    self.assertIs(herald.current(), t)
                    t.log("of %d" % n)
                await t.check_async()
            return t

        async def all():
            return await asyncio.gather(*[one(n) for n in range(8)])

        for n, t in enumerate(asyncio.run(all())):
            self.assertEqual(self.ended(t.id)["status"], "completed")
            self.assertEqual([(x["line"], x["step"]) for x in until(lambda: list(self.client.logs(t.id)))], [("of %d" % n, "step")])

    def test_a_cancelled_coroutine(self):
        ids = []

        async def work():
            async with herald.task("Timed") as t:
                ids.append(t.id)
                await asyncio.sleep(30)

        async def limited():
            await asyncio.wait_for(work(), 0.05)

        with self.assertRaises(asyncio.TimeoutError):
            asyncio.run(limited())
        self.assertEqual(self.ended(ids[0])["status"], "cancelled")

    def test_threads(self):
        with herald.task("Threads") as t:
            def work(n):
                self.assertIs(herald.current(), t, "the only task that is open")
                with t.step("step %d" % n) as s:
                    for i in range(100):
                        s.progress(i)
                        s.log("%d/%d" % (n, i))

            threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
            for x in threads:
                x.start()
            for x in threads:
                x.join()
        got = self.ended(t.id)
        self.assertEqual(sorted(s["name"] for s in got["steps"]), ["step %d" % n for n in range(8)])
        self.assertEqual({s["status"] for s in got["steps"]}, {"completed"})
        lines = until(lambda: (lambda x: x if len(x) == 800 else None)(self.lines(t.id)))
        for n in range(8):
            self.assertEqual([x for x in lines if x.startswith("%d/" % n)], ["%d/%d" % (n, i) for i in range(100)])

    def test_the_same_step_again_is_another(self):
        with herald.task("Loop") as t:
            for _ in range(3):
                with t.step("batch"):
                    pass
        self.assertEqual([(s["name"], s["status"]) for s in self.ended(t.id)["steps"]], [("batch", "completed"), ("batch (2)", "completed"), ("batch (3)", "completed")])

    def test_anything_may_be_reported(self):
        class Odd:
            def __str__(self):
                raise RuntimeError("no text")

        loop = []
        loop.append(loop)
        with herald.task("Odd " + "x" * 500) as t:
            with t.step(None) as s:
                for p in (float("nan"), "40", None, -5, 1e9, Odd(), True):
                    s.progress(p)
                s.message("nul \0 and \udc80 and " + "y" * 9000)
            t.metrics(nan=float("nan"), odd=Odd(), many={i: i for i in range(500)}, loop=loop, path=os, when=time)
            t.log(b"bytes")
            t.log("z" * 100_000 + "\n\0")
            t.result({"set": {1}, 3: Odd(), "big": 10**40, "inf": float("inf")})
            t.metadata(large="q" * 600_000)
            t.result("q" * 600_000)
        got = self.ended(t.id)
        self.assertEqual((got["status"], len(got["title"])), ("completed", 200))
        self.assertIn("left_out", got["result"])
        self.assertEqual(got["steps"][0]["progress"], 100)
        self.assertEqual(sum(map(len, self.lines(t.id))), 7 + len("b'bytes'") - 7 + 100_000 + 1)

    def test_manual_life(self):
        t = herald.task("By hand").start()
        t.step("a").progress(50)
        self.assertTrue(t.flush(20))
        self.assertEqual(self.client.task(t.id)["steps"][0]["progress"], 50)
        t.complete({"n": 1})
        t.fail("too late")
        t.progress(3)
        self.assertEqual((self.ended(t.id)["status"], self.ended(t.id)["result"]), ("completed", {"n": 1}))
        self.assertTrue(t.flush(20))

    def test_wrong_words(self):
        with self.assertRaises(TypeError):
            herald.task("x", colour="red")

    def test_an_id_that_has_ended(self):
        with herald.task("Once", id="once"):
            pass
        self.ended("once")
        with stderr() as said:
            with herald.task("Once", id="once", beat=BEAT) as t:
                t.progress(50)
                t.flush(20)
                t.check()
            t.flush(20)
        self.assertIn("completed already", said.getvalue())
        self.assertEqual(said.getvalue().count("\n"), 1)


class Hearing(Case):
    def test_cancelled(self):
        with self.assertRaises(herald.Cancelled) as got:
            with herald.task("Stop me", beat=BEAT) as t:
                t.flush(20)
                self.client.cancel(t.id, "enough")
                while True:
                    try:
                        t.check()
                    except Exception:
                        self.fail("a job that goes on after every error would go on")
                    time.sleep(0.01)
        self.assertEqual(got.exception.control, "cancel")
        t.flush(20)
        self.assertEqual(self.client.task(t.id)["reason"], "enough")

    def test_heard_by_a_report_too(self):
        with self.assertRaises(herald.Cancelled):
            with herald.task("Stop me", beat=60) as t:
                t.flush(20)
                self.client.cancel(t.id)
                with t.step("one") as s:
                    s.progress(1)
                    t.flush(20)
                    t.check()

    def test_paused(self):
        with herald.task("Hold me", beat=BEAT) as t:
            t.flush(20)
            t.check()
            self.client.pause(t.id)
            until(lambda: t.control == "pause")
            went = threading.Event()

            def work():
                t.check()
                went.set()

            thread = threading.Thread(target=work)
            thread.start()
            self.assertFalse(went.wait(0.3))
            t.log("while paused")
            t.flush(20)
            self.assertEqual(t.control, "pause")
            self.client.resume(t.id)
            self.assertTrue(went.wait(20))
            thread.join()
            self.assertEqual(t.control, "")
        self.assertEqual(self.ended(t.id)["status"], "completed")

    def test_paused_coroutine_then_cancelled(self):
        async def work():
            async with herald.task("Hold me", beat=BEAT) as t:
                await asyncio.get_running_loop().run_in_executor(None, t.flush, 20)
                self.client.pause(t.id)
                until(lambda: t.control == "pause")
                asyncio.get_running_loop().call_later(0.2, self.client.cancel, t.id)
                await t.check_async()

        with self.assertRaises(herald.Cancelled):
            asyncio.run(work())

    def test_restarted_by_somebody(self):
        with self.assertRaises(herald.Cancelled) as got:
            with herald.task("Again", beat=BEAT, controls=["restart"]) as t:
                t.flush(20)
                self.client.restart(t.id)
                while True:
                    t.progress(50)
                    t.check()
                    time.sleep(0.01)
        self.assertEqual(got.exception.control, "restart")
        t.flush(20)
        now = self.client.task(t.id)
        self.assertEqual((now["run"], now["status"], now["progress"]), (2, "pending", 0), "what the old run says does not reach the new one")

    def test_a_joined_task_that_is_restarted(self):
        id = self.client.create("Joined")["task_id"]
        with self.assertRaises(herald.Cancelled):
            with herald.task("Again", claim={"task_id": id}, beat=60) as t:
                t.progress(10)
                t.flush(20)
                self.client.restart(id)
                t.progress(50)
                t.flush(20)
                t.progress(60)
                t.flush(20)
                t.check()
        t.flush(20)
        now = self.client.task(id)
        self.assertEqual((now["run"], now["status"], now["progress"]), (2, "pending", 0))

    def test_what_is_not_obeyed_is_not_offered(self):
        with herald.task("Deaf", controls=[]) as t:
            t.flush(20)
            self.assertNotIn("pause", self.client.task(t.id)["offers"])
        with herald.task("Hears") as t:
            t.flush(20)
            offers = self.client.task(t.id)["offers"]
        self.assertIn("pause", offers)
        self.assertNotIn("restart", offers)


class Asking(Case):
    def decide(self, id, verb, **wish):
        """Decides as soon as it is asked."""

        def work():
            until(lambda: any(t["task_id"] == id for t in self.client.tasks(status="approval")))
            getattr(self.client, verb)(id, **wish)

        threading.Thread(target=work, daemon=True).start()

    def test_approved(self):
        with herald.task("Deploy", beat=BEAT) as t:
            self.decide(t.id, "approve", reason="checked", option="green")
            stages = [{"after": 60}, {"after": 300, "tell": ["group:ops"], "by": ["email"]}]
            got = t.approval("Deploy?", effects=["restarts"], options=["green", "blue"], risk="high", escalate=stages)
            self.assertTrue(got)
            self.assertEqual((got.by, got.option, got.reason, got.status), ("admin", "green", "checked", "approved"))
            with t.step("after"):
                pass
        now = self.ended(t.id)
        self.assertEqual((now["status"], [(s["name"], s["status"]) for s in now["steps"]]), ("completed", [("Deploy?", "completed"), ("after", "completed")]))
        self.assertEqual(now["steps"][0]["approval"]["risk"], "high")
        self.assertEqual(now["steps"][0]["approval"]["escalate"], stages)

    def test_rejected(self):
        with herald.task("Deploy", beat=BEAT) as t:
            self.decide(t.id, "reject", reason="friday")
            got = t.approval("Deploy?", on_reject="skip")
            self.assertFalse(got)
            self.assertEqual((got.status, got.control, got.reason), ("rejected", "skip", "friday"))
        self.assertEqual(self.ended(t.id)["status"], "completed")
        with herald.task("Deploy", beat=BEAT) as t:
            self.decide(t.id, "reject")
            self.assertEqual(t.approval("Deploy?").control, "fail")
        self.assertEqual(self.ended(t.id)["status"], "failed")

    def test_in_a_step(self):
        with herald.task("Deploy", beat=BEAT) as t:
            with t.step("Switch") as s:
                s.progress(30)
                self.decide(t.id, "approve")
                self.assertTrue(t.approval("Switch?"))
                s.progress(60)
        self.assertEqual([s["name"] for s in self.ended(t.id)["steps"]], ["Switch"])

    def test_a_step_that_was_declared_with_one(self):
        with herald.task("Deploy", steps=["a", {"name": "b", "approval": "Go on?"}], beat=BEAT) as t:
            with t.step("a"):
                pass
            self.decide(t.id, "approve")
            with t.step("b"):
                self.assertEqual(self.client.task(t.id)["steps"][1]["approval"]["status"], "approved")
        self.assertEqual(self.ended(t.id)["status"], "completed")
        with self.assertRaises(herald.Rejected) as got:
            with herald.task("Deploy", steps=[{"name": "b", "approval": True}], beat=BEAT) as t:
                self.decide(t.id, "reject", reason="no")
                with t.step("b"):
                    self.fail("it was not approved")
        self.assertEqual(got.exception.decision.reason, "no")
        self.assertEqual(self.ended(t.id)["status"], "failed")

    def test_async(self):
        async def work():
            async with herald.task("Deploy", beat=BEAT) as t:
                self.decide(t.id, "approve")
                ticks = []

                async def tick():
                    while True:
                        ticks.append(1)
                        await asyncio.sleep(0.01)

                other = asyncio.ensure_future(tick())
                self.assertTrue(await t.approval_async("Deploy?"))
                other.cancel()
                self.assertGreater(len(ticks), 1, "the loop was free meanwhile")
            return t

        self.assertEqual(self.ended(asyncio.run(work()).id)["status"], "completed")

    def test_cancelled_while_it_waits(self):
        with self.assertRaises(herald.Cancelled):
            with herald.task("Deploy", beat=BEAT) as t:
                threading.Timer(0.3, self.client.cancel, [t.id]).start()
                got = t.approval("Deploy?")
                self.assertEqual(got.control, "cancel")
                t.flush(20)
                until(lambda: t.control)
                t.check()

    def test_cancelled_before_it_asks(self):
        with self.assertRaises(herald.Cancelled):
            with herald.task("Deploy", beat=60) as t:
                t.flush(20)
                self.client.cancel(t.id)
                t.approval("Deploy?")

    def test_time_is_up(self):
        with herald.task("Deploy") as t:
            with self.assertRaises(TimeoutError):
                t.approval("Deploy?", timeout=0.2)
            self.client.approve(t.id)

    def test_refused_questions(self):
        with herald.task("Deploy") as t:
            with self.assertRaises(herald.Problem):
                t.approval("Deploy?", risk="enormous")
            with self.assertRaises(TypeError):
                t.approval("Deploy?", colour="red")


class Off(unittest.TestCase):
    def test_off(self):
        old = os.environ["HERALD_URL"]
        self.addCleanup(os.environ.update, {"HERALD_URL": old})
        for url in ("off", "nonsense"):
            os.environ["HERALD_URL"] = url
            with stderr() as said:
                with herald.task("x") as t, t.step("y") as s, herald.workflow("z") as w:
                    s.progress(3)
                    t.log("a")
                    t.check()
                    w.step("a", 3)
                    self.assertTrue(t.flush(1))
                    self.assertEqual(list(herald.tqdm("abc")), ["a", "b", "c"])
                    with self.assertRaises(herald.Away):
                        t.approval("Go?")
            self.assertEqual(said.getvalue().count("\n"), 0 if url == "off" else 1, said.getvalue())


if __name__ == "__main__":
    main()
