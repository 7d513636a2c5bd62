"""The stand-in for tqdm: what it does, what it shows and what it reports."""

import contextlib
import gc
import io
import os
import pty
import re
import threading
import time
import unittest

import herald
from far import Case, main, until
from herald import meter, scope, track
from herald import tqdm, trange


class Behaviour(unittest.TestCase):
    """A table of what tqdm does, held against ours. Without a terminal nothing is shown."""

    def setUp(self):
        self.out = io.StringIO()

    def bar(self, *args, **kwargs):
        return tqdm(*args, file=self.out, **kwargs)

    def test_table(self):
        def consumed(**kwargs):
            b = self.bar(range(5), **kwargs)
            return list(b), b.n

        def manual(n, **kwargs):
            with self.bar(total=10, **kwargs) as b:
                b.update(n)
            return b.n

        table = [
            ("items come through", lambda: consumed(), ([0, 1, 2, 3, 4], 5)),
            ("initial is added", lambda: consumed(initial=3), ([0, 1, 2, 3, 4], 8)),
            ("disabled, nothing is counted", lambda: consumed(disable=True), ([0, 1, 2, 3, 4], 0)),
            ("miniters, mininterval and the like are taken", lambda: consumed(miniters=2, mininterval=0, maxinterval=1, smoothing=0, unit="B", unit_scale=True, unit_divisor=1024, ascii=True, dynamic_ncols=True, ncols=30, delay=0, colour="red", gui=False, nrows=3, lock_args=None), ([0, 1, 2, 3, 4], 5)),
            ("len of the iterable", lambda: len(self.bar([1, 2])), 2),
            ("len of the total", lambda: len(self.bar(total=7)), 7),
            ("len without either", lambda: len(self.bar(iter([]))), 0),
            ("total of the iterable", lambda: self.bar([1, 2, 3]).total, 3),
            ("total that is given", lambda: self.bar([1, 2, 3], total=9).total, 9),
            ("total that is not known", lambda: self.bar(x for x in "ab").total, None),
            ("total that is infinite", lambda: self.bar(total=float("inf")).total, None),
            ("length hint", lambda: self.bar(iter([1, 2, 3])).total, 3),
            ("true with a total", lambda: bool(self.bar(total=3)), True),
            ("false with none left", lambda: bool(self.bar(total=0)), False),
            ("false when empty", lambda: bool(self.bar([])), False),
            ("contains", lambda: 2 in self.bar([1, 2]), True),
            ("reversed", lambda: list(reversed(self.bar([1, 2, 3]))), [3, 2, 1]),
            ("update", lambda: manual(4), 4),
            ("update by a fraction", lambda: manual(2.5), 2.5),
            ("update backwards", lambda: manual(-2), -2),
            ("update past the total", lambda: manual(12), 12),
            ("trange", lambda: list(trange(2, 8, 3, file=self.out)), [2, 5]),
            ("an empty one", lambda: list(self.bar([])), []),
            ("a description", lambda: self.bar([], desc="d").desc, "d"),
        ]
        for name, do, want in table:
            with self.subTest(name):
                self.assertEqual(do(), want)
        self.assertEqual(self.out.getvalue(), "", "nothing is shown without a terminal")

    def test_errors(self):
        with self.assertRaises(TypeError):
            iter(self.bar(total=3)).__next__()
        with self.assertRaises(TypeError):
            bool(self.bar())
        with self.assertRaises(ZeroDivisionError):
            for _ in self.bar(range(3)):
                1 / 0

        def broken():
            yield 1
            raise KeyError("x")

        with self.assertRaises(KeyError):
            list(self.bar(broken()))

    def test_texts(self):
        b = self.bar(total=3)
        b.set_description("a")
        self.assertEqual(b.desc, "a: ")
        b.set_description()
        self.assertEqual(b.desc, "")
        b.set_description_str("b")
        self.assertEqual(b.desc, "b")
        b.set_postfix({"z": 1}, loss=0.123456, acc=2, name=" x ")
        self.assertEqual(b.postfix, "z=1, acc=2, loss=0.123, name=x")
        b.set_postfix_str("free")
        self.assertEqual(b.postfix, "free")
        b.refresh()
        b.clear()
        b.display()
        b.unpause()
        self.assertEqual(b.format_dict["n"], 0)
        b.close()
        b.close()
        self.assertIsNone(b.update())

    def test_reset(self):
        b = self.bar(total=3)
        b.update(3)
        b.reset(total=5)
        self.assertEqual((b.n, b.total), (0, 5))
        b.update()
        self.assertEqual(b.n, 1)

    def test_update_says_whether_it_was_shown(self):
        b = self.bar(total=10**6, mininterval=0.05)
        end, shown = time.monotonic() + 0.3, 0
        while time.monotonic() < end:
            shown += bool(b.update())
        self.assertGreaterEqual(shown, 1)
        self.assertLessEqual(shown, 6, "no more often than every 0.05 s")

    def test_a_pace_that_falls_is_noticed(self):
        """After millions of quick iterations slow ones are shown too."""
        b = self.bar(total=10**9, mininterval=0.05, maxinterval=0.2)
        while b._step < 1000:
            b.update()
        at = b.n

        def step():
            time.sleep(0.02)
            return b.update()

        until(step)
        self.assertLess(b.n - at, 400)

    def test_write(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            tqdm.write("hello")
            tqdm.write("x", end="")
        self.assertEqual(out.getvalue(), "hello\nx")
        tqdm.write("to a file", file=self.out)
        self.assertEqual(self.out.getvalue(), "to a file\n")
        with tqdm.get_lock():
            tqdm.set_lock(tqdm.get_lock())

    def test_meter(self):
        o = {"desc": "", "unit": "it"}
        for args, want in (
            ((5, 10, 10, o, 0), " 50%|█████     | 5/10 [00:10<00:10,  2.00s/it]"),
            ((5, 10, 2, dict(o, desc="d: "), 0), "d:  50%|█████     | 5/10 [00:02<00:02,  2.50it/s]"),
            ((5, 10, 2, dict(o, desc="d", postfix="a=1"), 0), "d:  50%|█████     | 5/10 [00:02<00:02,  2.50it/s, a=1]"),
            ((7, None, 2, o, 0), "7it [00:02,  3.50it/s]"),
            ((11, 10, 2, o, 0), "11it [00:02,  5.50it/s]"),
            ((0, 10, 0, dict(o, ascii=True), 0), "  0%|          | 0/10 [00:00<?, ?it/s]"),
            ((1500, 3000, 1, dict(o, unit="B", unit_scale=True, ascii=True), 0), " 50%|#####     | 1.50k/3.00k [00:01<00:01, 1.50kB/s]"),
            ((3, 4, 1, dict(o, bar_format="{desc}{n_fmt}/{total_fmt} {percentage:.1f} {elapsed}"), 0), "3/4 75.0 00:01"),
            ((3, 4, 1, dict(o, bar_format="{nonsense}"), 0), " 75%|███████▌  | 3/4 [00:01<00:00,  3.00it/s]"),
        ):
            self.assertEqual(meter.meter(*args), want)
        self.assertEqual(len(meter.meter(5, 10, 10, o, 60)), 60)
        self.assertEqual([meter.interval(x) for x in (0, 61, 3661)], ["00:00", "01:01", "1:01:01"])
        self.assertEqual([meter.sizeof(x) for x in (0, 9.994, 999, 1000, 12345, 10**30)], ["0.00", "9.99", "999", "1.00k", "12.3k", "1000000.0Y"])

    def test_one_that_nobody_closes_is_let_go(self):
        gc.collect()
        before = herald.scope.inner()
        b = self.bar(total=3)
        self.assertIs(herald.scope.inner(), b)
        del b
        gc.collect()
        self.assertIs(herald.scope.inner(), before)


class Terminal(unittest.TestCase):
    """What is shown in a terminal, as characters and as a screen."""

    def show(self, do, **env):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        read = []

        def pump():
            try:
                while True:
                    read.append(os.read(master, 65536))
            except OSError:
                pass

        thread = threading.Thread(target=pump)
        thread.start()
        old = {k: os.environ.get(k) for k in env}
        os.environ.update(env)
        try:
            with os.fdopen(slave, "w", encoding="utf-8") as file:
                do(file)
        finally:
            for k, v in old.items():
                os.environ.pop(k) if v is None else os.environ.update({k: v})
        thread.join(10)
        return b"".join(read).decode()

    @staticmethod
    def screen(text):
        """The lines that a terminal shows in the end."""
        rows, y, x = [""], 0, 0
        for part in re.findall(r"\x1b\[\d*[A-Za-z]|.|\n", text, re.S):
            if part == "\r":
                x = 0
            elif part == "\n":
                y += 1
                rows += [""] * (y + 1 - len(rows))
            elif part.endswith("A") and part.startswith("\x1b"):
                y -= int(part[2:-1] or 1)
            elif part == "\x1b[K":
                rows[y] = rows[y][:x]
            elif not part.startswith("\x1b"):
                rows[y] = rows[y][:x].ljust(x) + part + rows[y][x + 1 :]
                x += 1
        return [r.rstrip() for r in rows]

    def test_left_and_taken_off(self):
        got = self.screen(self.show(lambda f: list(tqdm(range(3), desc="kept", file=f, ncols=60)), TERM="xterm"))
        self.assertTrue(got[0].startswith("kept: 100%|"), got)
        self.assertIn("3/3", got[0])
        self.assertEqual(got[1:], [""])
        got = self.screen(self.show(lambda f: list(tqdm(range(3), file=f, leave=False)), TERM="xterm"))
        self.assertEqual(got, [""])

    def test_nested_and_written_above(self):
        def do(f):
            for i in tqdm(range(2), desc="outer", file=f, ncols=60):
                for _ in tqdm(range(3), desc="inner", file=f, leave=False, ncols=60):
                    pass
                tqdm.write("line %d" % i, file=f)

        got = self.screen(self.show(do, TERM="xterm"))
        self.assertEqual(got[:2], ["line 0", "line 1"])
        self.assertTrue(got[2].startswith("outer: 100%"), got)
        self.assertEqual([r for r in got if "inner" in r], [])

    def test_colours(self):
        def do(f):
            list(tqdm(range(3), file=f, colour="green", ncols=50))

        self.assertIn("\x1b[32m", self.show(do, TERM="xterm", NO_COLOR=""))
        self.assertNotIn("\x1b[32m", self.show(do, TERM="xterm", NO_COLOR="1"))
        self.assertEqual(self.show(do, TERM="dumb"), "")

    def test_a_file_that_is_closed(self):
        def do(f):
            b = tqdm(total=3, file=f)
            f.close()
            b.update()
            b.refresh()
            b.close()

        self.show(do, TERM="xterm")


class Reports(Case):
    def setUp(self):
        old = track.LEAST
        self.addCleanup(setattr, track, "LEAST", old)
        track.LEAST = 0.0
        scope._here.set(None)  # bars of tests that failed may be held by their traces

    def test_a_bar_in_a_task_is_a_step(self):
        with herald.task("Bars", beat=60) as t:
            for i in herald.tqdm(range(4), desc="rows", mininterval=0):
                if i == 2:
                    self.assertTrue(t.flush(30))
                    self.assertEqual(self.client.task(t.id)["steps"][0]["progress"], 50)
            for _ in herald.tqdm((x for x in "abc"), desc="letters", mininterval=0):
                pass
            list(herald.tqdm([1]))
            list(herald.tqdm([1], desc="rows"))
        got = self.ended(t.id)
        self.assertEqual([(s["name"], s["status"]) for s in got["steps"]], [(n, "completed") for n in ("rows", "letters", "Progress", "rows (2)")])
        self.assertEqual(got["metrics"], {"letters": 3})

    def test_a_bar_in_a_step_is_a_part_of_it(self):
        with herald.task("Bars", beat=60) as t:
            with t.step("Load"):
                for i in herald.tqdm(range(4), desc="rows", mininterval=0):
                    if i == 1:
                        self.assertTrue(t.flush(30))
                        now = self.client.task(t.id)["steps"]
                        self.assertEqual((now[0]["progress"], now[0]["substeps"][0]["status"]), (25, "running"))
                list(herald.tqdm(range(2), desc="more"))
        (step,) = self.ended(t.id)["steps"]
        self.assertEqual([(s["name"], s["done"]) for s in step["substeps"]], [("rows", True), ("more", True)])

    def test_nested_bars(self):
        with herald.task("Bars", beat=60) as t:
            for e in herald.trange(2, desc="epochs", mininterval=0):
                for b in herald.trange(4, desc="batches", mininterval=0):
                    if (e, b) == (1, 2):
                        self.assertTrue(t.flush(30))
                        self.assertEqual(self.client.task(t.id)["steps"][0]["progress"], 75, "1 epoch and 2 batches of 4")
        (step,) = self.ended(t.id)["steps"]
        self.assertEqual((step["name"], [(s["name"], s["done"]) for s in step["substeps"]]), ("epochs", [("batches", True)]))
        self.assertEqual(self.types(t.id).count("plan.changed"), 3, "the step, and one part of it")

    def task_of(self, title):
        return until(lambda: [t for t in self.client.tasks(q=title) if t["title"] == title])[0]["task_id"]

    def test_a_bar_alone_makes_a_task(self):
        for _ in herald.tqdm(range(3), desc="Alone", mininterval=0):
            pass
        got = self.ended(self.task_of("Alone"))
        self.assertEqual((got["status"], [(s["name"], s["status"]) for s in got["steps"]]), ("completed", [("Alone", "completed")]))
        with self.assertRaises(OSError):
            with herald.tqdm(total=10, desc="Alone broken") as b:
                b.update(3)
                raise OSError("disk")
        got = self.ended(self.task_of("Alone broken"))
        self.assertEqual((got["status"], got["error"]["type"]), ("failed", "OSError"))
        for i in herald.tqdm(range(10), desc="Alone left", mininterval=0):
            if i == 4:
                break
        gc.collect()
        got = self.ended(self.task_of("Alone left"))
        self.assertEqual((got["status"], got["message"]), ("completed", "stopped after 4 of 10"))

    def test_a_short_one_makes_none(self):
        track.LEAST = 0.5
        list(herald.tqdm(range(3), desc="Too short"))
        for _ in herald.tqdm(range(1), desc="Long enough"):
            time.sleep(1.2)  # one iteration: the thread sees it
        self.task_of("Long enough")
        self.assertEqual(list(self.client.tasks(q="Too short")), [])

    def test_an_uncaught_exception_fails_its_task(self):
        self.python(
            """
            import herald, herald.track
            herald.track.LEAST = 0
            for i in herald.tqdm(range(10), desc="Uncaught"):
                if i == 3: 1 / 0
            """, check=False,
        )  # fmt: skip
        got = self.ended(self.task_of("Uncaught"))
        self.assertEqual((got["status"], got["error"]["type"]), ("failed", "ZeroDivisionError"))

    def test_left_in_the_middle(self):
        with self.assertRaises(OSError):
            with herald.task("Bars", beat=60) as t:
                for i in herald.tqdm(range(4), desc="broken", mininterval=0):
                    if i == 2:
                        raise OSError("disk")
        got = self.ended(t.id)
        self.assertEqual([(s["name"], s["status"], s["progress"]) for s in got["steps"]], [("broken", "failed", 50)])
        with herald.task("Bars", beat=60) as t:
            for i in herald.tqdm(range(4), desc="found", mininterval=0):
                if i == 2:
                    break
            until(lambda: t.flush(30) and self.client.task(t.id)["steps"][0]["status"] == "completed")
        self.assertEqual(self.ended(t.id)["status"], "completed")

    def test_texts(self):
        with herald.task("Bars", beat=60) as t:
            with herald.tqdm(total=3, desc="train") as b:
                b.set_postfix(loss=0.5, name="x")
                b.set_description("second")
                b.update()
        got = self.ended(t.id)
        self.assertEqual((got["metrics"], got["message"], got["steps"][0]["name"]), ({"loss": 0.5, "name": "x"}, "second", "train"))

    def test_many_of_one_name(self):
        with herald.task("Bars", beat=60) as t:
            for _ in range(150):
                list(herald.tqdm(range(2), desc="x"))
        self.assertEqual(len(self.ended(t.id)["steps"]), 100)

    def test_threads(self):
        with herald.task("Bars", beat=60) as t:
            threads = [threading.Thread(target=lambda n=n: list(herald.tqdm(range(100), desc="w%d" % n))) for n in range(5)]
            for x in threads:
                x.start()
            for x in threads:
                x.join()
        self.assertEqual(sorted(s["name"] for s in self.ended(t.id)["steps"]), ["w%d" % n for n in range(5)])


class Cost(unittest.TestCase):
    def test_an_iteration_costs_little(self):
        """Under a microsecond an iteration on top of a plain loop; the best of some tries,
        as the machine does other things too."""

        def best(make):
            took = []
            for _ in range(7):
                it = make()
                began = time.perf_counter()
                for _ in it:
                    pass
                took.append(time.perf_counter() - began)
            return min(took)

        n = 300_000
        plain = best(lambda: range(n))
        with herald.task("Cost"):
            ours = best(lambda: herald.tqdm(range(n), file=io.StringIO(), desc="cost"))
        self.assertLess((ours - plain) / n, 1e-6)


if __name__ == "__main__":
    main()
