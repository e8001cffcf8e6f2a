"""Distributed calls under SIPp: CPU per call, and the highest rate that loses nothing, by size of the group."""
import os
import time

from figures import Row
from helin_process import Helin, free_port
from sipp import Phones, call

# A rate at which nothing waits for anything, for CPU per call.
STEADY = 200
# Users of the company. A ring group has no waiting line, so five members cannot take 1,000 calls a second: each
# talks until the call is on disk and hung up. Calls are spread over as many groups as there are people for.
PEOPLE = 500


def attempt(helin, phones, rate, seconds):
    """One run at a rate. It counts when no call failed, SIPp repeated nothing on either side, and every call has
    its record."""
    records, far = helin.records(), phones.counts()
    cpu, calls = helin.cpu(), rate * seconds
    counts = call(helin, rate, calls)
    spent, now = helin.cpu() - cpu, phones.counts()
    settle(helin, records + calls)
    repeated = counts["retransmissions"] + now["retransmissions"] - far["retransmissions"]
    failed = counts["failed"] + calls - counts["successful"] - counts["failed"]
    written = helin.records() - records
    kept_up = counts["seconds"] < seconds * 1.05 + 2
    run = {"rate": rate, "seconds": seconds, "failed": failed, "repeated": repeated, "records": written,
           "cpu_ms": spent / calls * 1000, "load": os.getloadavg()[0],
           "counts": failed == 0 and repeated == 0 and written == calls and kept_up}
    print(f"    {run}", flush=True)
    return run


def settle(helin, records):
    """Waits until no leg is left and every record is on disk; a record that is missing does not come later."""
    until = time.time() + 40
    while helin.metric("helin_legs") > 0 and time.time() < until:
        time.sleep(0.2)
    until = time.time() + 5
    while helin.records() < records and time.time() < until:
        time.sleep(0.2)


def highest(helin, phones, probe_s, confirm_s):
    """Short probes up or down from 1,000 calls a second, then the whole time at the best, lower until it holds."""
    best, rate = 0, 1000
    lowest_bad = None
    for _ in range(5):
        if attempt(helin, phones, rate, probe_s)["counts"]:
            best = rate
            rate = int(rate * 1.25) if lowest_bad is None else (best + lowest_bad) // 2
        else:
            lowest_bad = rate
            rate = (best + lowest_bad) // 2 if best else int(rate * 0.7)
        if lowest_bad and best and lowest_bad - best < 100:
            break
    run = None
    for _ in range(4):
        run = attempt(helin, phones, best or rate, confirm_s)
        if run["counts"]:
            return run
        best = int((best or rate) * 0.85)
    return dict(run, rate=0)


def measure(binary, quick):
    rows, steady = [], {}
    for members in (5, 50, 500):
        port = free_port()
        with Helin(binary) as helin:
            helin.company(PEOPLE // members, members, phones=("127.0.0.1", port))
            with Phones(helin.folder, port) as phones:
                attempt(helin, phones, STEADY, 2)  # warm
                plain = attempt(helin, phones, STEADY, 10 if quick else 20)
                top = highest(helin, phones, 5 if quick else 10, 10 if quick else 60)
        steady[members] = plain["cpu_ms"]
        rows.append(Row("calls", f"CPU per call, groups of {members}, {STEADY}/s", round(plain["cpu_ms"], 3), "ms", 0.5,
                        load=round(plain["load"], 2), note=note(plain)))
        rows.append(Row("calls", f"highest rate, groups of {members}", top["rate"], "calls/s", 1000, at_least=True,
                        load=round(top["load"], 2), note=f"{note(top)}, CPU {top['cpu_ms']:.3f} ms per call"))
    rows.append(Row("calls", "CPU per call, groups of 500 to groups of 5", round(steady[500] / steady[5], 2), "x", 1.2))
    return rows


def note(run):
    return (f"{run['seconds']} s: {run['failed']} failed, {run['repeated']} repeated, "
            f"{run['records']} records of {run['rate'] * run['seconds']}")
