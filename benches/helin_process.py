"""A Helin of one's own: the release binary with a data folder on the disk, default logging, ports beside the demo's."""
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import urllib.request

from registrations import register_all

TOKEN = "demo-operator-token"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Helin:
    """Use with `with`: it is ended, and its folder removed, whatever happens."""

    def __init__(self, binary):
        self.binary = binary
        # Beside the binary: on the disk that the repository is on, not in a memory file system.
        self.folder = tempfile.mkdtemp(prefix="helin-bench-", dir=os.environ.get("HELIN_BENCH_DIR",
                                                                                 os.path.dirname(binary)))
        self.access, self.trunk, self.web = free_port(), free_port(), free_port()
        self.log = open(f"{self.folder}/helin.log", "w")
        environment = {name: value for name, value in os.environ.items() if name != "RUST_LOG"}
        self.process = subprocess.Popen(
            [binary, "serve", "--demo", "--data", f"{self.folder}/data", "--web", f"127.0.0.1:{self.web}",
             "--access", f"127.0.0.1:{self.access}", "--trunk", f"127.0.0.1:{self.trunk}", "--rtp", "20000-31999"],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        self.pid = self.process.pid
        while "takes calls" not in self.process.stdout.readline():
            if self.process.poll() is not None:
                raise SystemExit(open(f"{self.folder}/helin.log").read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        if "HELIN_BENCH_KEEP" not in os.environ:
            shutil.rmtree(self.folder, ignore_errors=True)

    def company(self, groups=1, members=0, users=0, phones=("127.0.0.1", 0), preset="ring_even", settings="",
                tables=""):
        """A company `load`: groups of `members` each, all logged in and registered at `phones`, and further users.
        `settings`: further lines of each group; `tables`: its tables. Gives the groups' numbers."""
        names = [f"l{n}" for n in range(groups * members + users)]
        numbers = [f"+37269{n:05}" for n in range(groups)]
        text = '[company]\nid = "load"\nname = "Load"\n'
        text += "".join(f'[[user]]\nname = "{name}"\nsip_password = "secret"\n' for name in names)
        for at, number in enumerate(numbers if members else []):
            text += f'[[group]]\nnumber = "{number}"\nname = "Load {at}"\npreset = "{preset}"\nmembers_max = 1000\n'
            text += settings + tables
            own = names[at * members:(at + 1) * members]
            text += "".join(f'[[group.member]]\nuser = "{name}"\nlogged_in = true\n' for name in own)
        with open(f"{self.folder}/load.toml", "w") as file:
            file.write(text)
        subprocess.run([self.binary, "apply", f"{self.folder}/load.toml", "--url", f"http://127.0.0.1:{self.web}",
                        "--token", TOKEN], check=True, stdout=subprocess.DEVNULL)
        register_all(names, "secret", ("127.0.0.1", self.access), phones)
        self.groups = numbers
        return numbers

    def get(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.web}{path}")
        request.add_header("Authorization", f"Bearer {TOKEN}")
        return urllib.request.urlopen(request).read().decode()

    def metric(self, name):
        return float(re.search(rf"^{name} (\S+)", self.get("/metrics"), re.M)[1])

    def records(self):
        """Records of the company's calls on disk."""
        with sqlite3.connect(f"file:{self.folder}/data/helin.sqlite?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM call_record WHERE tenant = 'load'").fetchone()[0]

    def cpu(self):
        """User and system seconds."""
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.pid}/status").read())[1]) / 1024
