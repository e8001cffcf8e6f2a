"""The measuring far end of crates/server/benches/wire, against a Helin of its own."""
import json
import subprocess


def wire(helin, what, phones, count, rate, seconds=0):
    answer = subprocess.run(
        ["cargo", "bench", "--quiet", "--locked", "--package", "server", "--bench", "wire", "--", what,
         f"127.0.0.1:{helin.trunk}", f"127.0.0.1:{phones}", helin.groups[0], str(helin.pid), str(count), str(rate),
         str(seconds)], check=True, stdout=subprocess.PIPE, text=True, timeout=300 + 2 * seconds)
    return json.loads(answer.stdout.strip().splitlines()[-1])
