#!/usr/bin/env python3
"""Rules are reloaded by what changed: one changed file is live at once, with all public rules
loaded, while a thread compiles them whole; the former generation's memory is given back."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

shared = pathlib.Path(os.environ.get("LF_SHARED", str(lf.ROOT.parent / "shared"))) / "data"
RULE = """title: Marked %(mark)s
id: %(id)s
level: high
logsource: {category: webserver}
detection:
  s: {cs-uri-query|contains: '%(mark)s'}
  condition: s
"""
ID = "7d5f7a52-0f0b-4f8e-9a51-0c1d2e3f4a5b"
dir = lf.scratch()
rules = dir / "rules"


def spread():
    if (shared / "sigma-rules.tar.zst").exists() and shutil.which("zstd"):
        rules.mkdir()
        subprocess.run(["tar", "--zstd", "-xf", str(shared / "sigma-rules.tar.zst"), "-C", str(rules)], check=True)
    else: # as many of our own
        rules.mkdir()
        for i in range(3700):
            (rules / f"{i:04}.yml").write_text(f"title: R{i}\nlogsource: {{category: process_creation}}\ndetection:\n"
                                               f"  s: {{CommandLine|contains: 'word{i}x'}}\n  condition: s\n")


spread()
(rules / "zz_ours.yml").write_text(RULE % {"mark": "lfmark0", "id": ID})
node = lf.Node.serve(dir, f"[rules]\ndirs = {rules}\n", extra=("--verbose",))
token = node.local("POST", "/api/v1/tokens", {"label": "web", "roles": "sender", "account": "admin"}).json["token"]


def log(since=0):
    return (dir / "node.log").read_text(errors="replace")[since:]


def loads(since=0):
    """[(rules, delta files, milliseconds)] as the intake told them."""
    return [(int(r), int(d), float(ms)) for r, d, ms in
            re.findall(r"LF3013.*?rules=(\d+) refused=\d+ delta_files=(\d+) ms=([\d.]+)", log(since))]


def reload(text, name="zz_ours.yml"):
    at = len(log())
    if text is None:
        (rules / name).unlink()
    else:
        (rules / name).write_text(text)
    node.process.send_signal(signal.SIGHUP)
    return at


def seen(mark):
    line = f'192.0.2.9 - - [21/Nov/2026:07:00:00 +0000] "GET /?q={mark} HTTP/1.1" 200 1 "-" "curl"'
    r = node.post("/api/v1/events", json.dumps({"message": line}).encode() + b"\n",
                  headers={"Authorization": f"Bearer {token}"})
    assert r.status == 200, r.body
    return [a for a in node.local("GET", "/api/v1/alerts").json["items"] if a["rule"] == ID]


def whole(since):
    return lf.until("compiled whole", lambda: any(d == 0 for _, d, _ in loads(since)), limit=60)


def health():
    return node.local("GET", "/api/v1/health").json["workers"]["intake"]


def rss():
    pid = next(p for p, c in lf.children(node.process.pid).items() if " intake" in c)
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))


@lf.promise
def quick():
    """one changed rule among all is live as a delta, long before all are compiled"""
    all_ms = loads()[0][2]
    count = loads()[0][0]
    best = []
    for i in range(1, 6):
        at = reload(RULE % {"mark": f"lfmark{i}", "id": ID})
        lf.until("a delta", lambda: loads(at))
        assert loads(at)[0][:2] == (count, 1), loads(at)
        best.append(loads(at)[0][2])
        whole(at)
    best.sort()
    assert best[len(best) // 2] < all_ms / 4, (best, all_ms)
    return f"{best[len(best) // 2]:.0f} ms of {all_ms:.0f}, {count} rules"


@lf.promise
def live():
    """what changed matches and what it replaced does not, in the delta and in the whole that follows"""
    at = reload(RULE % {"mark": "lfmarkA", "id": ID})
    lf.until("a delta", lambda: loads(at))
    assert not seen("lfmark5")
    lf.until("an alert", lambda: seen("lfmarkA"))
    before = seen("lfmarkA")[0]["count"]
    whole(at)
    assert seen("lfmark5")[0]["count"] >= before
    at = reload(None)
    lf.until("a delta", lambda: loads(at))
    assert loads(at)[0][0] == loads()[0][0] - 1, loads(at)
    whole(at)


@lf.promise
def not_by_delta():
    """a filter of any rule and a correlation come by a whole compile, which says so"""
    (rules / "zz_ours.yml").write_text(RULE % {"mark": "lfmarkB", "id": ID})
    at = reload("title: None of these\nlogsource: {category: webserver}\nfilter:\n  rules: any\n  s:\n"
                "    cs-uri-query|contains: quiet\n  condition: s\n", "zz_filter.yml")
    whole(at)
    assert "LF3018" in log(at) and loads(at)[0][1] == 0, log(at)[-400:]
    at = reload("title: Several\nid: 7d5f7a52-0f0b-4f8e-9a51-0c1d2e3f4a5c\ncorrelation:\n  type: event_count\n"
                f"  rules: [{ID}]\n  group-by: [source.ip]\n  timespan: 5m\n  condition: {{gte: 2}}\n", "zz_more.yml")
    whole(at)
    assert "LF3018" in log(at), log(at)[-400:]
    at = reload(RULE % {"mark": "lfmarkC", "id": ID}) # a rule that the correlation names
    whole(at)
    assert "LF3018" in log(at), log(at)[-400:]


@lf.promise
def many_at_once():
    """reloads that come faster than all can be compiled end with the last that was written"""
    at = 0
    for i in range(12):
        at = reload((RULE % {"mark": f"lfquick{i}", "id": "7d5f7a52-0f0b-4f8e-9a51-0c1d2e3f4a5d"}), "zz_quick.yml")
    whole(at)
    lf.until("at rest", lambda: node.get("/healthz").status == 200 and not health()["rules_compiling"], limit=60)
    assert health()["rules_delta_files"] == 0, health()


@lf.promise
def memory():
    """six more generations take no more memory than two"""
    for name in ("zz_filter.yml", "zz_more.yml", "zz_quick.yml"):
        (rules / name).unlink(missing_ok=True)
    peaks = []
    for i in range(8):
        at = reload(RULE % {"mark": f"lfmem{i}", "id": ID})
        whole(at)
        peaks.append(rss())
    assert peaks[-1] < peaks[1] * 1.25 + 8192, peaks
    return f"{peaks[1] // 1024} MB after the second, {peaks[-1] // 1024} MB after the eighth"


lf.done()
