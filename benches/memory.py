"""Resident memory: idle with the demo company, and with 10,000 registered users."""
import time

from figures import Row
from helin_process import Helin

USERS = 10_000


def measure(binary, quick):
    users = 1_000 if quick else USERS
    with Helin(binary) as helin:
        time.sleep(2)
        idle = helin.memory_mb()
        began = time.time()
        helin.company(users=users)
        took = time.time() - began
        full = helin.memory_mb()
        contacts = helin.metric("helin_registered_contacts")
    return [Row("memory", "idle", round(idle, 1), "MB", 40),
            Row("memory", f"{users} registered users", round(full, 1), "MB", 60,
                note=f"{contacts:.0f} contacts; written and registered in {took:.0f} s")]
