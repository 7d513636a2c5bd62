"""A Python job that tells how far it is, and asks before it goes live.

    PYTHONPATH=progress/client/python python3 examples/python/job.py

It needs Python 3.8 or newer and nothing else. It finds the server and the token in
HERALD_URL and HERALD_TOKEN, and works as well when there is none: what it has to
say is kept then, and sent by the next job.
"""

import argparse
import time

import herald


def work(rows: int, pause: float) -> None:
    """Stands for a job of your own."""
    with herald.task("Import customers", steps=["Download", "Load", "Go live"]) as task:
        print("task", task.id, flush=True)
        with task.step("Download") as step:
            for part in range(10):
                time.sleep(pause)
                step.progress(10 * (part + 1), "part %d of 10" % (part + 1))
                task.check()  # waits while somebody has paused the task, stops when it is cancelled
        with task.step("Load"):
            for _ in herald.tqdm(range(rows)):  # in place of tqdm: the bar is the step's percent
                time.sleep(pause / 10)
        with task.step("Go live"):
            live = task.approval("Switch over?", effects=["customers see the new rows"], risk="medium", expires_in=3600, on_reject="skip")
        task.result({"rows": rows, "live": bool(live)})


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description="A job that tells how far it is, and asks before it goes live.")
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--pause", type=float, default=0.2, help="seconds that a part takes")
    args = parser.parse_args()
    work(args.rows, args.pause)


if __name__ == "__main__":
    main()
