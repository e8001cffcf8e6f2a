"""Rows of the table: a figure, its goal, whether it is met, and the machine's load when it was taken."""
import os
from dataclasses import dataclass, field


@dataclass
class Row:
    topic: str
    what: str
    value: float
    unit: str
    # At most this; at least this, if `at_least`; None: no goal, for information.
    goal: float = None
    at_least: bool = False
    note: str = ""
    load: float = field(default_factory=lambda: round(os.getloadavg()[0], 2))

    def verdict(self):
        if self.goal is None:
            return ""
        met = self.value >= self.goal if self.at_least else self.value <= self.goal
        return "met" if met else "missed"

    def as_json(self):
        return {"topic": self.topic, "what": self.what, "value": self.value, "unit": self.unit, "goal": self.goal,
                "goal_is": "at least" if self.at_least else "at most", "verdict": self.verdict(),
                "note": self.note, "load": self.load}


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                 "unknown")
    return {"load": [round(load, 2) for load in os.getloadavg()], "cores": os.cpu_count(), "cpu": model}


def table(rows):
    heads = ("topic", "figure", "measured", "goal", "verdict", "load", "note")
    lines = [heads]
    for row in rows:
        goal = "" if row.goal is None else f"{'>=' if row.at_least else '<='} {row.goal:g}"
        lines.append((row.topic, row.what, f"{row.value:g} {row.unit}".strip(), goal, row.verdict(), f"{row.load}",
                      row.note))
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join([texts[0], "-" * len(texts[0])] + texts[1:])
