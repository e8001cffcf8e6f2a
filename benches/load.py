#!/usr/bin/env python3
"""CPU per distributed call under SIPp: a company with N members, all registered at one SIPp, callers from the trunk.

Usage: load.py HELIN MEMBERS RATE CALLS. Prints one line of JSON: user+system CPU of helin per call, failed calls and
retransmissions by SIPp's own counts, records written, memory.
"""
import hashlib, json, os, re, socket, subprocess, sys, tempfile, time, urllib.request

helin, members, rate, calls = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
folder = tempfile.mkdtemp(prefix="helin-bench-", dir=os.environ.get("HELIN_BENCH_DIR"))
ACCESS, TRUNK, WEB, PHONES, CALLERS = 15060, 15080, 18080, 15100, 15200
GROUP = "+3726009000"


def api(path):
    request = urllib.request.Request(f"http://127.0.0.1:{WEB}{path}")
    request.add_header("Authorization", "Bearer demo-operator-token")
    return urllib.request.urlopen(request).read().decode()


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def register(user, number):
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.settimeout(5)
    line.bind(("127.0.0.1", 0))
    port, uri, auth = line.getsockname()[1], f"sip:127.0.0.1:{ACCESS}", ""
    for cseq in (1, 2):
        line.sendto((
            f"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKr{number}-{cseq}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag=r{number}\r\nTo: <sip:{user}@127.0.0.1>\r\n"
            f"Call-ID: bench-{number}\r\nCSeq: {cseq} REGISTER\r\nContact: <sip:{user}@127.0.0.1:{PHONES}>\r\n"
            f"{auth}Expires: 3600\r\nContent-Length: 0\r\n\r\n").encode(), ("127.0.0.1", ACCESS))
        answer = line.recv(4096).decode()
        if answer.startswith("SIP/2.0 200"):
            return
        nonce, realm = re.search('nonce="([^"]+)"', answer)[1], re.search('realm="([^"]+)"', answer)[1]
        ha1, ha2 = md5(f"{user}:{realm}:secret"), md5(f"REGISTER:{uri}")
        response = md5(f"{ha1}:{nonce}:00000001:c:auth:{ha2}")
        auth = (f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
                f'response="{response}", algorithm=MD5, cnonce="c", qop=auth, nc=00000001\r\n')
    sys.exit(f"{user} was not registered: {answer}")


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1])


log = open(f"{folder}/helin.log", "w")
server = subprocess.Popen(
    [helin, "serve", "--demo", "--data", f"{folder}/data", "--web", f"127.0.0.1:{WEB}", "--access",
     f"127.0.0.1:{ACCESS}", "--trunk", f"127.0.0.1:{TRUNK}", "--rtp", "20000-31999"],
    stdout=subprocess.PIPE, stderr=log, text=True)
while "takes calls" not in server.stdout.readline():
    if server.poll() is not None:
        sys.exit(open(f"{folder}/helin.log").read())
idle = memory(server.pid)
text = '[company]\nid = "load"\n'
text += "".join(f'[[user]]\nname = "l{n}"\nsip_password = "secret"\n' for n in range(members))
text += f'[[group]]\nnumber = "{GROUP}"\nname = "Load"\npreset = "ring_even"\nmembers_max = 1000\n'
text += "".join(f'[[group.member]]\nuser = "l{n}"\nlogged_in = true\n' for n in range(members))
open(f"{folder}/load.toml", "w").write(text)
subprocess.run([helin, "apply", f"{folder}/load.toml", "--url", f"http://127.0.0.1:{WEB}", "--token",
                "demo-operator-token"], check=True, stdout=subprocess.DEVNULL)
for number in range(members):
    register(f"l{number}", number)
phones = subprocess.Popen(["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(PHONES), "-nostdin"], cwd=folder,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
before, began = cpu(server.pid), time.time()
subprocess.run(["sipp", "-sn", "uac", "-s", GROUP, "-i", "127.0.0.1", "-p", str(CALLERS), "-r", rate, "-m",
                str(calls), "-l", "20000", "-d", "0", "-nostdin", "-trace_stat", "-timeout", "120",
                f"127.0.0.1:{TRUNK}"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=150)
took, spent = time.time() - began, cpu(server.pid) - before
stat = next(name for name in os.listdir(folder) if name.startswith("uac_") and name.endswith(".csv"))
lines = open(f"{folder}/{stat}").read().splitlines()
figures = dict(zip(lines[0].split(";"), lines[-1].split(";")))
today = json.loads(api(f"/api/v1/groups/{GROUP}/live?company=load"))["calls_today"]
print(json.dumps({
    "members": members, "rate": int(rate), "calls": calls, "seconds": round(took, 1),
    "cpu_ms_per_call": round(spent / calls * 1000, 3), "successful": int(figures["SuccessfulCall(C)"]),
    "failed": int(figures["FailedCall(C)"]), "retransmissions": int(figures["Retransmissions(C)"]),
    "today": today, "idle_kb": idle, "after_kb": memory(server.pid), "load": os.getloadavg()[0]}))
phones.kill()
server.terminate()
server.wait()
