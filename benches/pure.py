"""What needs no network: the engine's inputs, the SIP side alone."""
import json
import re
import subprocess

from figures import Row


def bench(package, name):
    return subprocess.run(["cargo", "bench", "--quiet", "--locked", "--package", package, "--bench", name],
                          check=True, stdout=subprocess.PIPE, text=True).stdout


def engine(_binary, _quick):
    told = json.loads(bench("engine", "inputs").strip().splitlines()[-1])
    rows = [Row("engine", f"cost per input, {members} members, 90 % busy", told[f"us_per_input_{members}"], "us", 5)
            for members in (10, 100, 1000)]
    rows.append(Row("engine", "1,000 members to 10", told["ratio_1000_to_10"], "x", 1.5))
    day = next(name for name in told if name.startswith("day_of_"))
    rows.append(Row("engine", f"simulated day of {day.split('_')[2]} calls", told[day], "s", 1))
    return rows


def sip(_binary, _quick):
    told = bench("sip-proto", "answering")
    call, dialog = re.search(r"time per call: ([\d.]+) us", told), re.search(r"live dialog: (\d+) octets", told)
    return [Row("sip", "answering side, time per call", float(call[1]), "us", 100),
            Row("sip", "memory per live dialog", int(dialog[1]), "octets", 1024)]
