"""What needs no network: the engine's inputs, the SIP side alone."""
import json
import re
import subprocess

from figures import Row


def bench(package, name):
    return subprocess.run(["cargo", "bench", "--quiet", "--locked", "--package", package, "--bench", name],
                          check=True, stdout=subprocess.PIPE, text=True).stdout


def engine(_binary, _quick):
    line, told = map(json.loads, bench("engine", "inputs").strip().splitlines()[-2:])
    rows = [Row("engine", f"cost per input, {members} members, 90 % busy", told[f"us_per_input_{members}"], "us", 5)
            for members in (10, 100, 1000)]
    rows.append(Row("engine", "1,000 members to 10", told["ratio_1000_to_10"], "x", 1.5))
    day = next(name for name in told if name.startswith("day_of_"))
    rows.append(Row("engine", f"simulated day of {day.split('_')[2]} calls", told[day], "s", 1))
    large, small = "1,000 waiting, 500 members", "10 waiting, 5 members"
    rows += [
        Row("engine", f"next pair chosen, worst, {large}", line["pair_us_max_1000_500"], "us", 1000,
            note=f"mean {line['pair_us_mean_1000_500']} us; sim/tests/queues.rs holds this order "
                 "against the reference model"),
        Row("engine", f"cost per call, {large}", line["us_per_queued_call_1000_500"], "us"),
        Row("engine", f"cost per call, {large}, to {small}", line["queued_ratio"], "x", 1.2),
        Row("engine", f"one estimate of the last in line, {large}", line["estimate_us_1000_500"], "us"),
    ]
    return rows


def estimate(_binary, _quick):
    """How good estimated waits are: a table by kinds of day, and its figures beside their goals."""
    *shown, last = bench("sim", "waits").strip().splitlines()
    print("\n".join(shown))
    return [Row("estimate", told["name"], told["value"], told["unit"], told.get("goal"),
                at_least=told.get("at_least", False), note=told.get("note", ""))
            for told in json.loads(last)["figures"]]


def sip(_binary, _quick):
    told = bench("sip-proto", "answering")
    call, dialog = re.search(r"time per call: ([\d.]+) us", told), re.search(r"live dialog: (\d+) octets", told)
    return [Row("sip", "answering side, time per call", float(call[1]), "us", 100),
            Row("sip", "memory per live dialog", int(dialog[1]), "octets", 1024)]
