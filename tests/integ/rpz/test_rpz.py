"""The zone primary against real resolvers: unbound and BIND follow each change.

The primary is the dns worker's service in its cage (tests/tools/zone_server.c).
Whatever is not blocked is asked of an authority on this machine; no query leaves it."""
import base64
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import ROOT, Node, Skip, done, free_port, promise, scratch, start, stop, until  # noqa: E402

BUILD = pathlib.Path(os.environ.get("LF_BUILD", ROOT / "build"))
SECRET = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
KEY = f"hmac-sha256:k:{SECRET}"
ZONE = "rpz.test"


def need(*programs):
    for p in programs:
        if not shutil.which(p) and not shutil.which(p, path="/usr/sbin"):
            raise Skip(f"{p} is not installed")


class Primary:
    def __init__(self, secondaries=(), allow=("127.0.0.1/32",), names=0):
        """secondaries: (port, key or None)"""
        import json
        config = {"zone": ZONE, "keys": [{"name": "k", "algorithm": "hmac-sha256", "secret": SECRET}],
                  "secondaries": [{"address": "127.0.0.1", "port": p, "tsig": k} for p, k in secondaries],
                  "allow": list(allow)}
        self.p = start(BUILD / "tests/tools/zone_server", json.dumps(config), stdin=subprocess.PIPE,
                       stdout=subprocess.PIPE, text=True, bufsize=1)
        self.port = int(self.p.stdout.readline().rsplit(":", 1)[1])
        self.say(f"fill {names}")

    def say(self, line):
        self.p.stdin.write(line + "\n")
        self.p.stdin.flush()
        answer = self.p.stdout.readline().split()
        assert answer and answer[0] == "ok", (line, answer)
        return [int(x) for x in answer[1:]]

    @property
    def transfers(self):
        return self.say("count")[0]


def query(name):
    out = struct.pack(">HHHHHH", 0x4c46, 0x0100, 1, 0, 0, 0)
    for label in name.split("."):
        out += bytes([len(label)]) + label.encode()
    return out + b"\0" + struct.pack(">HH", 1, 1)


def ask(port, name, timeout=5.0):
    """"NXDOMAIN", an address, or None when it did not answer (or failed)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout)
        s.sendto(query(name), ("127.0.0.1", port))
        try:
            m = s.recv(4096)
        except OSError:
            return None
    if m[3] & 15 == 3:
        return "NXDOMAIN"
    if m[3] & 15 == 0 and struct.unpack(">H", m[6:8])[0]:
        return socket.inet_ntoa(m[-4:]) if m[-6:-4] == b"\0\4" else "address"
    return None


def ms_until(port, name, want, begin, limit=5.0):
    """Milliseconds from `begin` until the resolver says `want`, asked every ms."""
    while time.monotonic() < begin + limit:
        if ask(port, name) == want:
            return (time.monotonic() - begin) * 1000
        time.sleep(0.001)
    raise AssertionError(f"{name} was not {want} within {limit} s")


_authority = []


def authority():
    """An unbound that answers 192.0.2.66 for everything under test."""
    if not _authority:
        d, port = scratch(), free_port(socket.SOCK_DGRAM)
        (d / "zone").write_text("$TTL 1\n@ IN SOA ns.test. a.test. 1 3600 600 86400 1\n@ IN NS ns.test.\n"
                                "ns IN A 127.0.0.1\n* IN A 192.0.2.66\n")
        (d / "conf").write_text(
            f"server:\n interface: 127.0.0.1\n port: {port}\n do-daemonize: no\n chroot: \"\"\n username: \"\"\n local-zone: \"test.\" nodefault\n"
            f" directory: \"{d}\"\n pidfile: \"\"\n use-syslog: no\n do-ip6: no\n module-config: \"iterator\"\n"
            f"remote-control:\n control-enable: no\n"
            f"auth-zone:\n name: \"test\"\n zonefile: \"{d}/zone\"\n for-downstream: yes\n for-upstream: no\n")
        start("unbound", "-d", "-c", d / "conf", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("the authority answers", lambda: ask(port, "www.test", 0.5) == "192.0.2.66")
        _authority.append(port)
    return _authority[0]


def unbound(port, primary, d):
    (d / "unbound.conf").write_text(
        f"server:\n interface: 127.0.0.1\n port: {port}\n do-daemonize: no\n chroot: \"\"\n username: \"\"\n local-zone: \"test.\" nodefault\n"
        f" directory: \"{d}\"\n pidfile: \"\"\n use-syslog: no\n num-threads: 1\n do-ip6: no\n"
        " do-not-query-localhost: no\n module-config: \"respip iterator\"\n access-control: 127.0.0.0/8 allow\n"
        "remote-control:\n control-enable: no\n"
        f"forward-zone:\n name: \".\"\n forward-addr: 127.0.0.1@{authority()}\n"
        f"rpz:\n name: \"{ZONE}\"\n primary: 127.0.0.1@{primary}\n allow-notify: 127.0.0.1\n")
    return start("unbound", "-d", "-c", d / "unbound.conf", stdout=subprocess.DEVNULL, stderr=open(d / "log", "wb"))


def bind(port, primary, d):
    (d / "named.conf").write_text(
        f"key \"k\" {{ algorithm hmac-sha256; secret \"{SECRET}\"; }};\n"
        f"options {{\n directory \"{d}\";\n pid-file none;\n session-keyfile none;\n"
        f" listen-on port {port} {{ 127.0.0.1; }};\n listen-on-v6 {{ none; }};\n recursion yes;\n"
        f" allow-query {{ 127.0.0.0/8; }};\n forward only;\n forwarders {{ 127.0.0.1 port {authority()}; }};\n"
        " dnssec-validation no;\n empty-zones-enable no;\n qname-minimization off;\n"
        " serial-query-rate 1000;\n notify no;\n"
        f" response-policy {{ zone \"{ZONE}\" min-update-interval 0; }} min-update-interval 0"
        " qname-wait-recurse no;\n};\n"
        "controls { };\n"
        f"zone \"{ZONE}\" {{\n type secondary;\n primaries {{ 127.0.0.1 port {primary} key \"k\"; }};\n"
        " allow-notify { 127.0.0.1; };\n allow-query { none; };\n file \"rpz.db\";\n masterfile-format raw;\n"
        " min-refresh-time 1;\n min-retry-time 1;\n};\n")
    return start("named", "-g", "-n", "1", "-c", d / "named.conf", stdout=subprocess.DEVNULL,
                 stderr=open(d / "log", "wb"))


START = {"unbound": unbound, "bind": bind}


class World:
    """A primary of `names` names and one resolver that has taken them all."""

    def __init__(self, kind, names):
        need("unbound", "named" if kind == "bind" else "unbound")
        self.kind, self.d, self.port = kind, scratch(), free_port(socket.SOCK_DGRAM)
        self.primary = Primary([(self.port, "k" if kind == "bind" else None)],
                               [{"net": "127.0.0.1/32", "tsig": "k"}] if kind == "bind" else [], names)
        self.up()
        until(f"{kind} has the zone", lambda: not names or ask(self.port, f"n{names - 1}.load.test", 1) == "NXDOMAIN",
              60, 0.05)
        until(f"{kind} asks the authority", lambda: ask(self.port, "www.test", 1) == "192.0.2.66", 30, 0.05)

    def up(self):
        self.resolver = START[self.kind](self.port, self.primary.port, self.d)

    def close(self):
        stop(self.resolver)
        stop(self.primary.p)


def measured(w, times=9):
    """Median and worst of: add, and ask every ms until NXDOMAIN."""
    took = []
    for i in range(times):
        name = f"c2-{i}.bad.test"
        assert ask(w.port, "x." + name) == "192.0.2.66", "answered before it is blocked"
        begin = time.monotonic()
        w.primary.say("add " + name)
        took.append(ms_until(w.port, name, "NXDOMAIN", begin))
        assert ask(w.port, "a.b." + name) == "NXDOMAIN", "and all under it"
        time.sleep(0.05)
    took.sort()
    return took[times // 2], took[-1]


def follows(kind, names, limit):
    w = World(kind, names)
    before = w.primary.transfers
    mid, worst = measured(w)
    assert mid < limit, f"median {mid:.1f} ms, worst {worst:.1f} ms"
    assert w.primary.transfers - before >= 1
    assert ask(w.port, "www.test") == "192.0.2.66"
    w.close()
    return f"median {mid:.1f} ms, worst {worst:.1f} ms"


@promise
def unbound_blocks():
    """a name added is NXDOMAIN at unbound within 200 ms at 100000 names"""
    return follows("unbound", 100000, 200)


@promise
def bind_blocks():
    """a name added is NXDOMAIN at BIND, transfers signed with TSIG, within 200 ms at 1000 names"""
    return follows("bind", 1000, 200)


@promise
def bind_large():
    """a name added is NXDOMAIN at BIND with TSIG within 2 s at 100000 names"""
    return follows("bind", 100000, 2000)


def withdrawn(kind):
    w = World(kind, 10)
    w.primary.say("add gone.test")
    ms_until(w.port, "gone.test", "NXDOMAIN", time.monotonic())
    begin = time.monotonic()
    w.primary.say("del gone.test")
    took = ms_until(w.port, "gone.test", "192.0.2.66", begin)
    w.close()
    return f"{kind} {took:.1f} ms"


@promise
def withdrawn_answers():
    """a withdrawn name answers again"""
    return ", ".join(withdrawn(k) for k in START)


def dig(port, what, *args):
    r = subprocess.run(["dig", "@127.0.0.1", "-p", str(port), "+tries=1", "+time=3", *args, *what],
                       capture_output=True, text=True, timeout=20)
    return r.stdout


@promise
def key_needed():
    """a transfer without the key is refused, with a wrong one too, with it the zone comes"""
    need("dig")
    p = Primary(allow=[{"net": "127.0.0.1/32", "tsig": "k"}], names=3)
    wrong = "hmac-sha256:k:" + base64.b64encode(b"x" * 32).decode()
    for what in ([ZONE, "AXFR"], [ZONE, "IXFR=1"]):
        assert "load.test" not in dig(p.port, what, "+tcp")
        assert "load.test" not in dig(p.port, what, "+tcp", "-y", wrong)
        text = dig(p.port, what, "+tcp", "-y", KEY)
        assert text.count("CNAME") == 6 and "n2.load.test." + ZONE in text, text
    assert "REFUSED" in dig(p.port, [ZONE, "SOA"])
    assert "NOTAUTH" in dig(p.port, [ZONE, "SOA"], "-y", wrong)
    stop(p.p)


@promise
def stranger():
    """a stranger is refused, by UDP and TCP"""
    need("dig")
    p = Primary(allow=["192.0.2.0/24"], names=3)
    for args in ([], ["+tcp"]):
        assert "REFUSED" in dig(p.port, [ZONE, "SOA"], *args)
        assert "load.test" not in dig(p.port, [ZONE, "AXFR"], "+tcp", *args)
        assert "load.test" not in dig(p.port, [ZONE, "AXFR"], "+tcp", "-y", KEY, *args), "a key is not enough"
    stop(p.p)


def catches_up(kind):
    w = World(kind, 100)
    if kind == "unbound":  # keeps no copy of its own here: what it missed while stopped comes by one IXFR
        w.resolver.send_signal(19)  # SIGSTOP
    else:
        stop(w.resolver)
    for i in range(20):
        w.primary.say(f"add missed{i}.test")
    w.primary.say("del n0.load.test")
    if kind == "unbound":
        w.resolver.send_signal(18)  # SIGCONT
    else:
        w.up()
    until(f"{kind} caught up", lambda: ask(w.port, "missed19.test", 1) == "NXDOMAIN" and
          ask(w.port, "n0.load.test", 1) == "192.0.2.66" and ask(w.port, "n1.load.test", 1) == "NXDOMAIN", 30, 0.02)
    if kind == "bind":
        log = (w.d / "log").read_text(errors="replace")
        sizes = [int(x) for x in re.findall(r"messages, (\d+) records", log)]
        assert sizes and all(x < 200 for x in sizes), f"the whole zone has 240 records: {sizes}"
    w.close()


@promise
def away():
    """a secondary that was away catches up by IXFR"""
    for kind in START:
        catches_up(kind)


@promise
def notify_from_the_cage():
    """NOTIFY leaves the dns worker's cage, and comes again until it is answered"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.settimeout(5)
        p = Primary([(s.getsockname()[1], None)])
        begin = time.monotonic()
        p.say("add a.test")
        first, peer = s.recvfrom(4096)
        took = (time.monotonic() - begin) * 1000
        assert first[2] >> 3 & 15 == 4, "opcode NOTIFY"
        again, _ = s.recvfrom(4096)
        assert p.say("count")[4] == 1
        s.sendto(again[:2] + bytes([again[2] | 0x80]) + again[3:6] + b"\0\0" + again[8:12 + 18 - 4], peer)
        until("confirmed", lambda: p.say("count")[4] == 0, 3)
        stop(p.p)
    return f"first after {took:.2f} ms"


@promise
def throwaway():
    """a throwaway node gives its zone only to requests signed with its key"""
    need("dig")
    n = Node.throwaway()
    port, key = int(n.info["dns"].rsplit(":", 1)[1]), n.info["tsig"]
    zone, y = n.info["zone"], f"{key['algorithm']}:{key['name']}:{key['secret']}"
    assert "REFUSED" in dig(port, [zone, "SOA"])
    assert "SOA" not in dig(port, [zone, "AXFR"], "+tcp", "+short")
    try:
        until("the signed transfer", lambda: "SOA" in dig(port, [zone, "AXFR"], "+tcp", "-y", y), 10)
    finally:
        n.close()


done()
