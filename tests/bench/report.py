# SPDX-License-Identifier: Apache-2.0
"""The figures of a run, as a Markdown table. None is ever a failure: machines differ, and do other things."""


def number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Table:
    def __init__(self):
        self.rows = []
        self.skipped = []

    def add(self, what, ours, unit, limit=None, least=False, beside=()):
        """`beside` are (name, value in the same unit): peers and floors, shown with their ratio to ours. `least`: more is better."""
        met = limit is None or (ours >= limit if least else ours <= limit)
        wanted = "–" if limit is None else f"{'≥' if least else '≤'} {limit:,g}"
        others = ", ".join(f"{name} {number(value)} ({number(value / ours)} ×)" if ours else f"{name} {number(value)}" for name, value in beside)
        self.rows.append((what, f"**{number(ours)}** {unit}", wanted, "–" if limit is None else "met" if met else "**missed**", others or "–"))
        print(f"{what}: {number(ours)} {unit}" + (f" (limit {wanted})" if limit is not None else "") + (f"; {others}" if others else ""),
              flush=True)

    def skip(self, what):
        self.skipped.append(what)
        print("skipped:", what, flush=True)

    def markdown(self):
        head = [("figure", "ours", "limit", "", "in the same run (its ratio to ours)"), ("---",) * 5]
        lines = ["| " + " | ".join(row) + " |" for row in head + self.rows]
        lines += [""] + [f"Skipped: {what}." for what in self.skipped]
        return "\n".join(lines).rstrip()
