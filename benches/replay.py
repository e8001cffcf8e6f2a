"""A journal of a million facts, lived through again; the test of `make test` with more facts."""
import os
import re
import subprocess

from figures import Row

TEST = "replay::tests::a_journal_with_a_crash_and_other_settings_gives_the_same_facts_again"


def measure(_binary, quick):
    wanted = 100_000 if quick else 1_000_000
    run = subprocess.run(
        ["cargo", "test", "--quiet", "--locked", "--release", "--package", "server", "--bin", "helin", "--", "--exact",
         TEST, "--nocapture"], env={**os.environ, "HELIN_TEST_FACTS": str(wanted)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told = re.search(r"facts: (\d+), inputs: (\d+), differ: (\d+), replayed in ([\d.]+) s", run.stdout)
    if run.returncode != 0 or not told:
        print(run.stdout[-4000:])
        return [Row("replay", f"facts that differ, of {wanted}", int(told[3]) if told else 1, "", 0,
                    note="the test failed; its end is above")]
    return [Row("replay", f"facts that differ, of {told[1]}", int(told[3]), "", 0,
                note=f"{told[2]} inputs of two stretches, a crash and other settings between, in {told[4]} s")]
