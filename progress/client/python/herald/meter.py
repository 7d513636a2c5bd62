"""A bar as text, in the form that tqdm has made known."""

from typing import Any, Dict, Optional, Union

Number = Union[int, float]


def interval(seconds: Number) -> str:
    """A time as [H:]MM:SS."""
    minutes, sec = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return "%d:%02d:%02d" % (hours, minutes, sec) if hours else "%02d:%02d" % (minutes, sec)


def sizeof(number: Number, suffix: str = "", divisor: Number = 1000) -> str:
    """A number with a letter for its thousands."""
    value = float(number)
    for unit in ("", "k", "M", "G", "T", "P", "E", "Z"):
        if abs(value) < 999.5:
            if abs(value) < 99.95:
                return ("%1.2f" if abs(value) < 9.995 else "%2.1f") % value + unit + suffix
            return "%3.0f" % value + unit + suffix
        value /= divisor
    return "%3.1fY" % value + suffix


def short(number: Number) -> str:
    """A number with three digits that count."""
    text = "{0:.3g}".format(number).replace("e+0", "e+").replace("e-0", "e-")
    plain = str(number)
    return text if len(text) < len(plain) else plain


def fields(n: Number, total: Optional[Number], elapsed: float, o: Dict[str, Any]) -> Dict[str, Any]:
    """What a bar is made of. ``o`` are the bar's options: desc, unit, unit_scale,
    unit_divisor, postfix, rate, initial."""
    if total and n >= total + 0.5:
        total = None  # more came than was said
    scale, divisor = o.get("unit_scale"), o.get("unit_divisor") or 1000
    if scale and scale not in (True, 1):
        n, total = n * scale, total * scale if total else total
    done = n - o.get("initial", 0)
    rate = o.get("rate") or (done / elapsed if elapsed > 0 else None)
    fmt = (lambda x: sizeof(x, divisor=divisor)) if scale else str
    unit = o.get("unit", "it")
    pace = "?" if not rate else sizeof(rate, divisor=divisor) if scale else "%5.2f" % rate
    slow = "%5.2fs/%s" % (1 / rate, unit) if rate and rate < 1 and not scale else pace + unit + "/s"
    postfix = o.get("postfix") or ""
    return {
        "desc": o.get("desc") or "", "n": n, "total": total, "n_fmt": fmt(n), "total_fmt": fmt(total) if total is not None else "?",
        "percentage": 100.0 * n / total if total else 0.0, "elapsed": interval(elapsed), "elapsed_s": elapsed, "rate": rate,
        "rate_fmt": slow, "rate_noinv": rate, "rate_noinv_fmt": pace + unit + "/s", "unit": unit,
        "remaining": interval((total - n) / rate) if rate and total else "?",
        "remaining_s": (total - n) / rate if rate and total else 0, "postfix": ", " + postfix if postfix else "",
    }  # fmt: skip


def meter(n: Number, total: Optional[Number], elapsed: float, o: Dict[str, Any], width: int = 0) -> str:
    """The bar as one line, of that many characters if there is a width."""
    f = fields(n, total, elapsed, o)
    prefix = f["desc"] + ("" if not f["desc"] or f["desc"].endswith(": ") else ": ")
    f.update(l_bar=prefix + "%3.0f%%|" % f["percentage"], r_bar="| %s/%s [%s<%s, %s%s]" % tuple(f[k] for k in ("n_fmt", "total_fmt", "elapsed", "remaining", "rate_fmt", "postfix")))
    if o.get("bar_format"):
        return _own(str(o["bar_format"]), f, width, bool(o.get("ascii")))
    if not f["total"]:
        line = "%s%s%s [%s, %s%s]" % (prefix, f["n_fmt"], f["unit"], f["elapsed"], f["rate_fmt"], f["postfix"])
        return line[:width] if width else line
    room = width - len(f["l_bar"]) - len(f["r_bar"]) if width else 10
    line = f["l_bar"] + bar(f["percentage"], max(1, room), bool(o.get("ascii"))) + f["r_bar"]
    return line[:width] if width else line


def _own(form: str, f: Dict[str, Any], width: int, ascii: bool) -> str:
    """A bar in a form of the caller's."""
    try:
        bare = form.format(**dict(f, bar=""))
        line = form.format(**dict(f, bar=bar(f["percentage"], max(1, (width or len(bare) + 10) - len(bare)), ascii)))
    except (KeyError, ValueError, IndexError, TypeError):
        return meter(f["n"], f["total"], f["elapsed_s"], {"desc": f["desc"]}, width)
    return line[:width] if width else line


def bar(percent: float, width: int, ascii: bool = False) -> str:
    """A bar of that many characters."""
    marks = " 123456789#" if ascii else " ▏▎▍▌▋▊▉█"
    parts = len(marks) - 1
    full, rest = divmod(int(width * parts * min(1.0, max(0.0, percent / 100))), parts)
    line = marks[-1] * full
    return line if full >= width else (line + marks[rest]).ljust(width)
