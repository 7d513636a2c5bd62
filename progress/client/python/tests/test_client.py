"""The client: reading, commands, claims, errors, and what never shows the token."""

import os
import threading
import unittest

import herald
from far import Case, Fake, main, problem

TOKEN = "hrld_a-secret-token-of-these-tests"


class Reading(Case):
    def test_a_task_from_its_creation_to_its_end(self):
        t = self.client.create("Test", kind="k", labels={"env": "t"}, steps=[{"name": "a"}, {"name": "b"}])
        id = t["task_id"]
        self.assertEqual(self.client.report(id, step="a", step_progress=40)["status"], "running")
        self.client.log(id, "one", {"line": "two", "level": "warn"})
        self.assertEqual(self.client.progress(id)["progress"], 20)
        self.assertEqual(self.client.heartbeat(id, worker="w")["control"], None)
        self.assertEqual([x["line"] for x in self.client.logs(id, tail=1)], ["two"])
        self.assertEqual([x["line"] for x in self.client.logs(id, level="warn")], ["two"])
        self.client.report(id, status="completed", result={"n": 1})
        self.assertEqual(self.client.task(id)["result"], {"n": 1})
        self.assertEqual(self.types(id)[-1], "task.completed")
        self.assertEqual([x["task_id"] for x in self.client.tasks(kind="k", labels={"env": "t"}, status=["completed"])], [id])
        self.assertEqual(self.client.me()["person"], "admin")

    def test_pages_are_read_to_their_end(self):
        made = [self.client.create("Many", kind="many")["task_id"] for _ in range(7)]
        self.assertEqual([t["task_id"] for t in self.client.tasks(kind="many", limit=3)], made[::-1])
        self.client.log(made[0], *["line %d" % i for i in range(2500)])
        self.assertEqual(len(self.lines(made[0])), 2500)

    def test_commands(self):
        id = self.client.create("Test", steps=[{"name": "a"}])["task_id"]
        self.client.report(id, step="a", step_status="running")
        self.assertEqual(self.client.pause(id, "lunch")["status"], "paused")
        self.assertEqual(self.client.resume(id)["status"], "running")
        self.assertEqual(self.client.skip(id)["steps"][0]["status"], "skipped")
        self.assertEqual(self.client.cancel(id)["status"], "cancelled")
        with self.assertRaises(herald.Problem) as got:
            self.client.pause(id)
        self.assertEqual((got.exception.status, got.exception.code), (409, "conflict"))
        self.assertEqual(self.client.restart(id)["run"], 2)
        self.client.report(id, step="a", step_status="failed", error="no", run=2)
        self.assertEqual(self.client.retry(id)["attempt"], 2)
        with self.assertRaises(herald.Problem) as got:
            self.client.retry(id)
        self.assertEqual(got.exception.status, 409)

    def test_approval(self):
        id = self.client.create("Test", steps=[{"name": "a"}])["task_id"]
        self.client.ask(id, 1, "Go?", options=["x", "y"])
        got = []
        waiting = threading.Thread(target=lambda: got.append(self.client.wait_approval(id, 1)))
        waiting.start()
        with self.assertRaises(TimeoutError):
            self.client.wait_approval(id, 1, timeout=0.3)
        self.client.approve(id, option="y", reason="fine")
        waiting.join(20)
        self.assertTrue(got[0])
        self.assertEqual((got[0].status, got[0].by, got[0].option, got[0].reason), ("approved", "admin", "y", "fine"))

    def test_claim(self):
        self.assertIsNone(self.client.claim(["nobody's"], "w"))
        id = self.client.create("Test", kind="claimed", inputs={"n": 3})["task_id"]
        got = self.client.claim(["claimed"], "w", wait=5)
        self.assertEqual((got["task_id"], got["inputs"]), (id, {"n": 3}))
        with herald.task("x", claim=dict(got, worker="w")) as t:
            t.progress(50)
            self.assertTrue(t.flush(20))
            self.assertEqual(self.client.task(id)["worker"], "w")
        self.assertEqual(self.ended(id)["status"], "completed")

    def test_creating_again_is_the_same(self):
        a = self.client.create("Test", id="twice")
        self.assertEqual(self.client.create("Test", id="twice")["created_at"], a["created_at"])
        with self.assertRaises(herald.Problem) as got:
            self.client.create("Other", id="twice")
        self.assertEqual(got.exception.status, 409)

    def test_problems(self):
        id = self.client.create("Test")["task_id"]
        for call, status in (
            (lambda: self.client.task("nobody"), 404),
            (lambda: self.client.report(id, progress=101), 400),
            (lambda: herald.Client(token="wrong-token-wrong-token").task(id), 401),
        ):
            with self.assertRaises(herald.Problem) as got:
                call()
            self.assertEqual(got.exception.status, status)
            self.assertTrue(got.exception.request_id)
            self.assertTrue(str(got.exception))
        self.assertEqual(got.exception.code, "unauthorized")
        with self.assertRaises(herald.Problem) as got:
            self.client.report(id, progress="x")
        self.assertEqual(got.exception.errors[0]["field"], "progress")
        self.client.cancel(id)
        with self.assertRaises(herald.Problem) as got:
            self.client.report(id, progress=3)
        self.assertEqual((got.exception.state["status"], got.exception.state["control"]), ("cancelled", "cancel"))


class Wire(unittest.TestCase):
    """What goes over the wire, with a fake far side."""

    def setUp(self):
        self.fake = Fake(lambda *a: (200, "application/json", {"task_id": "a", "status": "running", "control": None}))
        self.addCleanup(self.fake.close)
        self.client = herald.Client(self.fake.url, TOKEN, timeout=2)

    def test_connections_are_kept(self):
        ports = set()
        self.fake.answer = lambda method, path, headers, body: (200, "application/json", {})
        inner = self.fake.server.process_request

        def count(request, address):
            ports.add(address[1])
            inner(request, address)

        self.fake.server.process_request = count
        for _ in range(20):
            self.client.task("a")
        self.assertEqual(len(ports), 1)

    def test_a_dead_kept_connection_is_not_an_error(self):
        self.client.task("a")
        broken = []

        def answer(*a):
            if not broken:
                broken.append(1)
                return None
            return 200, "application/json", {"ok": 1}

        self.fake.answer = answer
        self.assertEqual(self.client.task("a"), {"ok": 1})

    def test_headers(self):
        self.client.create("x")
        _, _, headers, _ = self.fake.calls[0]
        self.assertEqual(headers["Authorization"], "Bearer " + TOKEN)
        self.assertTrue(headers["Idempotency-Key"].startswith("create-"))
        self.assertTrue(headers["User-Agent"].startswith("herald-python/"))
        self.client.cancel("a")
        self.client.cancel("a")
        self.assertNotEqual(self.fake.calls[1][2]["Idempotency-Key"], self.fake.calls[2][2]["Idempotency-Key"])

    def test_ids_are_escaped(self):
        self.client.task("a/../b?c#d")
        self.assertEqual(self.fake.calls[0][1], "/api/tasks/a%2F..%2Fb%3Fc%23d")

    def test_away(self):
        def torn(*a):
            return 200, "application/json", b"{}", [("Content-Length", "900"), ("Connection", "close")]

        for answer in (
            lambda *a: None,
            lambda *a: (200, "text/html", b"<p>login"),
            lambda *a: (502, "text/html", b"no"),
            lambda *a: (400, "application/json", {"detail": "another service"}),
            lambda *a: (200, "application/json", b"{"),
            lambda *a: problem(503, "unavailable", "not now"),
            torn,
        ):
            self.fake.answer = answer
            with self.assertRaises(herald.Away) as got:
                self.client.task("a")
            self.assertNotIn(TOKEN, repr(got.exception))
        nobody = herald.Client("http://127.0.0.1:9", TOKEN)
        with self.assertRaises(herald.Away) as got:
            nobody.task("a")
        self.assertFalse(got.exception.dialed)

    def test_retry_after(self):
        self.fake.answer = lambda *a: problem(429, "limited") + ([("Retry-After", "7")],)
        with self.assertRaises(herald.Away) as got:
            self.client.task("a")
        self.assertEqual(got.exception.after, 7)

    def test_redirects_stay_on_the_host(self):
        other = Fake(lambda *a: (200, "application/json", {"stolen": 1}))
        self.addCleanup(other.close)
        self.fake.answer = lambda *a: (307, "text/plain", b"", [("Location", other.url + "/x")])
        with self.assertRaises(herald.Away) as got:
            self.client.task("a")
        self.assertIn("sends us on", str(got.exception))
        self.assertEqual(other.calls, [])
        self.fake.answer = lambda m, path, *a: (307, "text/plain", b"", [("Location", "/moved")]) if path != "/moved" else (200, "application/json", {"ok": 1})
        self.assertEqual(self.client.create("x"), {"ok": 1})

    def test_the_token_is_shown_nowhere(self):
        self.fake.answer = lambda *a: (500, "text/plain", b"boom")
        shown = [repr(self.client), str(self.client), repr(vars(self.client))]
        for call in (lambda: self.client.task("a"), lambda: self.client.create(TOKEN)):
            with self.assertRaises(herald.HeraldError) as got:
                call()
            shown += [repr(got.exception), repr(got.exception.__cause__), repr(got.exception.__context__)]
        for text in shown:
            self.assertNotIn(TOKEN, text)
        self.assertNotIn(TOKEN.encode(), self.fake.calls[-1][3], "it is masked in what is sent")
        for wrong in (TOKEN + "\n", " " + TOKEN, TOKEN + "é"):
            with self.assertRaises(ValueError) as got:
                herald.Client(self.fake.url, wrong)
            self.assertNotIn(TOKEN, str(got.exception))

    def test_urls(self):
        for wrong in ("ftp://x", "x", "http://", "http://me:word@x", "http://x?a=1", "http://x:99999", "http://x y"):
            with self.assertRaises(ValueError, msg=wrong) as got:
                herald.Client(wrong)
            self.assertNotIn("word@", str(got.exception))
        self.assertEqual(herald.Client("http://x:8080/base/").url, "http://x:8080/base")

    def test_proxies_never_for_this_machine(self):
        proxy = Fake(lambda *a: (200, "application/json", {"proxied": 1}))
        self.addCleanup(proxy.close)
        old = {k: os.environ.get(k) for k in ("http_proxy", "no_proxy")}
        self.addCleanup(lambda: [os.environ.pop(k) if v is None else os.environ.update({k: v}) for k, v in old.items()])
        os.environ["http_proxy"] = proxy.url.replace("://", "://u:p%40@")
        os.environ.pop("no_proxy", None)
        herald.Client(self.fake.url, TOKEN).task("a")
        self.assertEqual(len(self.fake.calls), 1)
        self.assertEqual(herald.Client("http://herald.test:81", TOKEN).task("a"), {"proxied": 1})
        method, path, headers, _ = proxy.calls[0]
        self.assertEqual((path, headers["Host"]), ("http://herald.test:81/api/tasks/a", "herald.test:81"))
        self.assertEqual(headers["Proxy-Authorization"], "Basic dTpwQA==")
        os.environ["no_proxy"] = "herald.test"
        with self.assertRaises(herald.Away):
            herald.Client("http://herald.test:81", TOKEN, timeout=1).task("a")
        self.assertEqual(len(proxy.calls), 1)


if __name__ == "__main__":
    main()
