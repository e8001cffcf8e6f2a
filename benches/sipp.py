"""SIPp as callers on the trunk and as the members' phones, with its own counts of what went wrong."""
import os
import signal
import subprocess
import time

from helin_process import free_port

SCENARIO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scenarios", "caller.xml")
# Callers come again after this many others; each has a number.
NUMBERS = 20_000


class Phones:
    """All members' phones: each call is answered at once."""

    def __init__(self, folder, port):
        self.folder = folder
        self.process = subprocess.Popen(
            ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-nostdin", "-trace_stat", "-fd", "1",
             "-buff_size", "4000000"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def counts(self):
        """Retransmissions and failed calls on the phones' side so far (brought up to date every second)."""
        time.sleep(1.2)
        return last_line(self.folder, "uas_")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def last_line(folder, prefix):
    name = next(name for name in sorted(os.listdir(folder)) if name.startswith(prefix) and name.endswith(".csv"))
    lines = open(f"{folder}/{name}").read().splitlines()
    figures = dict(zip(lines[0].split(";"), lines[-1].split(";")))
    return {"successful": int(figures["SuccessfulCall(C)"]), "failed": int(figures["FailedCall(C)"]),
            "retransmissions": int(figures["Retransmissions(C)"])}


def call(helin, rate, calls, hold_ms=0):
    """Lets callers come at a rate; SIPp's counts and the seconds it took."""
    folder = f"{helin.folder}/callers-{time.time():.0f}"
    os.makedirs(folder)
    with open(f"{folder}/numbers.csv", "w") as file:
        file.write("SEQUENTIAL\n" + "".join(f"+3725{n:06};{helin.groups[n % len(helin.groups)]};\n"
                                          for n in range(NUMBERS)))
    began = time.time()
    subprocess.run(
        ["sipp", "-sf", SCENARIO, "-inf", "numbers.csv", "-i", "127.0.0.1", "-p", str(free_port()),
         "-r", str(rate), "-m", str(calls), "-l", "50000", "-d", str(hold_ms), "-nostdin", "-trace_stat",
         "-buff_size", "4000000", "-timeout", str(int(calls / rate + hold_ms / 1000 + 40)),
         f"127.0.0.1:{helin.trunk}"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    counts = last_line(folder, "caller_")
    counts["seconds"] = time.time() - began
    return counts
