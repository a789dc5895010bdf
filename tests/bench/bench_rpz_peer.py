#!/usr/bin/env python3
"""The same zone at another primary: seconds to load and memory, as JSON lines.

    tests/bench/bench_rpz_peer.py [100000] [1000000]

Peer: knotd when it is installed, else BIND (named) as primary; the names are as many
and as long as those of `lianfang bench rpz`.  Median of 5.  load_s: processor time of
the peer until it answers for the last name; rss_kb: what it then holds."""
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def serves(port, name):
    q = struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0)
    q += b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0" + struct.pack(">HH", 5, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.2)
        try:
            s.sendto(q, ("127.0.0.1", port))
            m = s.recv(4096)
        except OSError:
            return False
    return m[3] & 15 == 0 and m[6:8] != b"\0\0"


def write_zone(d, n):
    with open(d / "zone", "w") as f:
        f.write("$TTL 60\n@ SOA . . 1 3600 600 86400 60\n@ NS localhost.\n")
        for i in range(n):
            name = ("wwwmailupdatecdn"[:i * 7 % 16] + f"{i ^ 0x5a5a5a5a:x}" + (".bad.example" if i % 2 else ".test"))
            f.write(f"{name} CNAME .\n*.{name} CNAME .\n")
    return name


def command(d, port):
    if shutil.which("knotd"):
        (d / "conf").write_text(f"server:\n  listen: 127.0.0.1@{port}\n  rundir: {d}\n  user: root\n"
                                f"database:\n  storage: {d}\n"
                                f"zone:\n  - domain: rpz.test\n    storage: {d}\n    file: zone\n"
                                "    semantic-checks: off\n    zonefile-sync: -1\n    journal-content: none\n")
        return "knotd", ["knotd", "-c", str(d / "conf")]
    (d / "conf").write_text(f"options {{ directory \"{d}\"; pid-file none; session-keyfile none; recursion no;\n"
                            f" listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; notify no; }};\n"
                            "controls { };\nzone \"rpz.test\" { type primary; file \"zone\"; check-names ignore; };\n")
    return "named", ["named", "-f", "-n", "1", "-c", str(d / "conf")]


def run(n):
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as text:
        d, port = pathlib.Path(text), free_port()
        os.chmod(d, 0o755)
        last = write_zone(d, n)
        peer, argv = command(d, port)
        p = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not serves(port, last + ".rpz.test"):
            if p.poll() is not None or time.monotonic() > end:
                p.kill()
                sys.exit(f"bench: {peer} does not serve the zone")
            time.sleep(0.005)
        stat = pathlib.Path(f"/proc/{p.pid}/stat").read_text().rsplit(")", 1)[1].split()
        cpu = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
        rss = [int(x.split()[1]) for x in pathlib.Path(f"/proc/{p.pid}/status").read_text().splitlines()
               if x.startswith("VmRSS")][0]
        p.send_signal(signal.SIGTERM)
        p.wait()
        return peer, cpu, rss


for n in [int(x) for x in sys.argv[1:]] or [100000, 1000000]:
    runs = [run(n) for _ in range(5)]
    print(json.dumps({"bench": f"rpz ({runs[0][0]})", "events": n, "cpu_s": statistics.median(r[1] for r in runs),
                      "rss_kb": int(statistics.median(r[2] for r in runs))}), flush=True)
