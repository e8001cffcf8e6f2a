"""Registers many users, each with a contact of his own, over one socket and with several under way at a time."""
import hashlib
import re
import socket
import time

UNDER_WAY = 64
AGAIN_AFTER = 1.0


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def authorization(user, password, uri, challenge):
    nonce, realm = re.search('nonce="([^"]+)"', challenge)[1], re.search('realm="([^"]+)"', challenge)[1]
    secret = md5(f"{user}:{realm}:{password}")
    response = md5(f"{secret}:{nonce}:00000001:c:auth:{md5(f'REGISTER:{uri}')}")
    return (f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'response="{response}", algorithm=MD5, cnonce="c", qop=auth, nc=00000001\r\n')


def register_all(users, password, server, phones):
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))
    line.settimeout(0.2)
    own, uri = f"127.0.0.1:{line.getsockname()[1]}", f"sip:{server[0]}:{server[1]}"

    def send(user, cseq, auth):
        line.sendto((
            f"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKr{user}-{cseq}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{user}@127.0.0.1>;tag=r{user}\r\nTo: <sip:{user}@127.0.0.1>\r\nCall-ID: bench-{user}\r\n"
            f"CSeq: {cseq} REGISTER\r\nContact: <sip:{user}@{phones[0]}:{phones[1]}>\r\n{auth}Expires: 3600\r\n"
            f"Content-Length: 0\r\n\r\n").encode(), server)
        under_way[user] = (cseq, auth, time.time())

    waiting, under_way = list(reversed(users)), {}
    until = time.time() + 60 + len(users) / 20
    while waiting or under_way:
        if time.time() > until:
            raise SystemExit(f"{len(waiting) + len(under_way)} users could not be registered")
        while waiting and len(under_way) < UNDER_WAY:
            send(waiting.pop(), 1, "")
        try:
            answer = line.recv(4096).decode()
        except TimeoutError:
            for user, (cseq, auth, at) in list(under_way.items()):
                if time.time() - at > AGAIN_AFTER:
                    send(user, cseq, auth)
            continue
        user = re.search(r"Call-ID: bench-(\S+)", answer)[1]
        if answer.startswith("SIP/2.0 401") and under_way.get(user, (0,))[0] == 1:
            send(user, 2, authorization(user, password, uri, answer))
        elif answer.startswith("SIP/2.0 200"):
            under_way.pop(user, None)
        elif not answer.startswith("SIP/2.0 401"):
            raise SystemExit(f"{user} was not registered: {answer}")
