"""`kill -9` under load, again and again; the test of `make test` with more kills."""
import os
import re
import subprocess

from figures import Row

TEST = "crash::every_answered_call_has_one_record_however_often_helin_is_killed"


def measure(binary, quick):
    kills = 10 if quick else 100
    run = subprocess.run(
        ["cargo", "test", "--quiet", "--locked", "--release", "--package", "server", "--test", "e2e", "--", "--exact",
         TEST, "--nocapture"], env={**os.environ, "HELIN_TEST_KILLS": str(kills), "HELIN_TEST_BINARY": binary},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told = re.search(r"kills: (\d+), calls answered: (\d+), ended by a restart: (\d+), lost or doubled: (\d+)",
                     run.stdout)
    if run.returncode != 0 or not told:
        print(run.stdout[-4000:])
        return [Row("crash", f"calls lost or doubled, {kills} kills", int(told[4]) if told else 1, "", 0,
                    note="the test failed; its end is above")]
    return [Row("crash", f"calls lost or doubled, {told[1]} kills", int(told[4]), "", 0,
                note=f"{told[2]} calls got a 200, {told[3]} were ended by a restart, nobody left ringing or talking")]
