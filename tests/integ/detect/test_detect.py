#!/usr/bin/env python3
"""`lianfang detect` and `lianfang rules check`: shapes of input, answers, exit codes,
and the public rules with the events that must fire them (where $LF_SHARED has them)."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

WHOAMI = "7f1c2a54-9d3e-4b60-8a71-0c5e6d2f4b18"
OTHER = "2b8d6e90-4c17-4f3a-b5d2-91e7a0c3f864"
dir = lf.scratch()
rules = dir / "rules"
rules.mkdir()
(rules / "whoami.yml").write_text(f"""title: Who am I
id: {WHOAMI}
level: high
logsource: {{category: process_creation, product: windows}}
detection:
  s: {{Image|endswith: \\whoami.exe}}
  condition: s
""")
(rules / "other.yml").write_text(f"""title: Any name of a test
id: {OTHER}
logsource: {{category: dns_query}}
detection:
  s: {{QueryName|endswith: .test}}
  condition: s
""")
HIT = {"Image": "C:\\Windows\\System32\\WHOAMI.EXE"}
MISS = {"Image": "C:\\Windows\\notepad.exe"}


def run(*argv, stdin=None, limit=120):
    return subprocess.run([lf.BIN, *map(str, argv)], input=stdin, capture_output=True, text=True, timeout=limit)


def detect(*argv, **kw):
    r = run("detect", "--no-route", "--rules", rules, *argv, **kw)
    return r, [json.loads(line) for line in r.stdout.splitlines()]


def put(name, text):
    path = dir / name
    path.write_text(text)
    return str(path)


@lf.promise
def lines():
    """each match is one JSON object with event, file, rule, title and level"""
    path = put("lines", "\n".join(map(json.dumps, [MISS, HIT, {"QueryName": "a.test"}, MISS])) + "\n")
    r, got = detect(path)
    assert r.returncode == 0 and r.stderr == "", r
    assert got == [{"event": 1, "file": path, "rule": WHOAMI, "title": "Who am I", "level": "high"},
                   {"event": 2, "file": path, "rule": OTHER, "title": "Any name of a test", "level": "informational"}], got


@lf.promise
def shapes():
    """pretty-printed values and one array are read like lines"""
    events = [MISS, HIT, MISS, HIT]
    for name, text in (("lines", "\n".join(map(json.dumps, events))), ("array", json.dumps(events)),
                       ("pretty array", json.dumps(events, indent=2)), ("crlf", "\r\n".join(map(json.dumps, events)) + "\r\n"),
                       ("pretty", "\n".join(json.dumps(e, indent=4) for e in events)), ("together", "".join(map(json.dumps, events)))):
        r, got = detect(put("shape", text))
        assert r.returncode == 0 and [g["event"] for g in got] == [1, 3], (name, r)


@lf.promise
def standard_input():
    """- is standard input, beside files, each with ordinals of its own"""
    path = put("file", json.dumps(HIT) + "\n")
    r, got = detect(path, "-", stdin=json.dumps(MISS) + "\n" + json.dumps(HIT) + "\n")
    assert r.returncode == 0 and [(g["file"], g["event"]) for g in got] == [(path, 0), ("-", 1)], r


@lf.promise
def malformed():
    """a malformed record counts as one, is told on standard error, and the others go on"""
    r, got = detect(put("bad", json.dumps(HIT) + "\n{\"Image\": \"cut\n" + json.dumps(HIT) + "\nnonsense\n" + json.dumps(HIT)))
    assert r.returncode == 0 and [g["event"] for g in got] == [0, 2, 4], r
    assert "record 1" in r.stderr, r.stderr
    r, got = detect(put("bad", "\xff{}\n" + json.dumps(HIT)))
    assert r.returncode == 0 and [g["event"] for g in got] == [1], r


@lf.promise
def beginnings():
    """a byte order mark, UTF-16 and the separators of JSON text sequences hide no record"""
    sysmon = dict(HIT, EventID=1, Channel="Microsoft-Windows-Sysmon/Operational", Provider_Name="Microsoft-Windows-Sysmon")
    text = json.dumps(sysmon) + "\n" + json.dumps(MISS) + "\n" + json.dumps(sysmon)
    for name, data in (("UTF-8", text.encode("utf-8-sig")), ("array", ("[" + text.replace("\n", ",\n") + "]").encode("utf-8-sig")),
                       ("UTF-16", text.encode("utf-16")), ("UTF-16BE", b"\xfe\xff" + text.encode("utf-16-be")),
                       ("CR LF", text.replace("\n", "\r\n").encode("utf-8-sig")),
                       ("sequence", ("\x1e" + text.replace("\n", "\n\x1e")).encode())):
        path = dir / "beginning"
        path.write_bytes(data)
        for options in ([], ["--no-route"]):
            r = run("detect", *options, "--rules", rules, path)
            assert r.returncode == 0 and r.stderr == "", (name, options, r)
            assert [json.loads(line)["event"] for line in r.stdout.splitlines()] == [0, 2], (name, options, r)


@lf.promise
def several_arrays():
    """arrays one after another (pages of an API) give one row of records"""
    r, got = detect(put("pages", json.dumps([HIT, MISS]) + "\n" + json.dumps([]) + "\n[\n" + json.dumps(HIT) + "\n,\n" + json.dumps(HIT) + "]"))
    assert r.returncode == 0 and [g["event"] for g in got] == [0, 2, 3] and r.stderr == "", r
    r, got = detect(put("pages", json.dumps(HIT) + "\n" + json.dumps([HIT]) + "\n" + json.dumps(HIT)))
    assert [g["event"] for g in got] == [0, 2], "among single values an array is one value"


@lf.promise
def pieces():
    """a file says the same in whatever pieces it is read"""
    events = [dict(HIT, x="y" * 300000), MISS, HIT] * 9 + [{"a": {"b": [1, 2, {"c": "\u4e2d" * 1000}]}}, HIT]
    for text in ("\n".join(map(json.dumps, events)), "\n".join(json.dumps(e, indent=1) for e in events),
                 json.dumps(events), json.dumps(events, indent=1), json.dumps(events[0])[:-3] + "\n" + "\n".join(map(json.dumps, events[1:]))):
        whole, got = detect(put("whole", text))
        assert whole.returncode == 0 and len(got) in (19, 18), (len(got), whole.stderr)
        p = subprocess.Popen([lf.BIN, "detect", "--no-route", "--rules", rules, "-"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        data = text.encode()
        for i in range(0, len(data), 65521):
            p.stdin.write(data[i:i + 65521])
            p.stdin.flush()
        out, err = p.communicate(timeout=120)
        assert [json.loads(line)["event"] for line in out.splitlines()] == [g["event"] for g in got], text[:50]
        assert (b"record" in err) == ("record" in whole.stderr)


@lf.promise
def nothing():
    """no match is no failure: nothing is printed and the exit code is 0"""
    for text in (json.dumps(MISS), "", "\n\n", "[]"):
        r, got = detect(put("none", text))
        assert r.returncode == 0 and got == [] and r.stderr == "", (text, r)


@lf.promise
def routing():
    """without --no-route a rule looks only at events of its log source"""
    sysmon = {"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Provider_Name": "Microsoft-Windows-Sysmon", **HIT}
    path = put("routed", json.dumps(dict(HIT, QueryName="a.test")) + "\n" + json.dumps(sysmon) + "\n")
    r = run("detect", "--rules", rules, path)
    got = [json.loads(line) for line in r.stdout.splitlines()]
    assert r.returncode == 0 and [(g["event"], g["rule"]) for g in got] == [(1, WHOAMI)], r
    r, got = detect(path)
    assert [(g["event"], g["rule"]) for g in got] == [(0, OTHER), (0, WHOAMI), (1, WHOAMI)], r


@lf.promise
def usage():
    """bad usage and bad input exit 2 with a sentence; --help exits 0 and names the exit codes"""
    path = put("ok", json.dumps(HIT))
    for argv in (["detect"], ["detect", path], ["detect", "--rules", rules], ["detect", "--rules"],
                 ["detect", "--rules", rules, "--rulez", path], ["detect", "--rules", dir / "absent", path],
                 ["detect", "--rules", rules, "--format", "morse", path], ["detect", "--rules", rules, dir / "absent"],
                 ["rules"], ["rules", "check"], ["rules", "chekc", rules], ["rules", "check", dir / "absent"]):
        r = run(*argv)
        assert r.returncode == 2 and r.stdout == "" and r.stderr.strip(), (argv, r)
    for argv in (["detect", "--help"], ["rules", "--help"], ["rules", "check", "--help"]):
        r = run(*argv)
        assert r.returncode == 0 and "exit" in r.stdout and r.stderr == "", (argv, r)
    r, got = detect(dir / "absent", path)
    assert r.returncode == 2 and "absent" in r.stderr and len(got) == 1, "the readable file is looked at all the same"


@lf.promise
def check():
    """rules check says loaded or refused and why, file by file, and exits 1 when any is refused"""
    r = run("rules", "check", rules)
    assert r.returncode == 0 and r.stdout.splitlines()[-1] == "2 loaded, 0 refused", r
    mixed = dir / "mixed"
    shutil.copytree(rules, mixed)
    (mixed / "bad.yml").write_text("title: Bad\nid: 5d0f3b62-7e48-4c95-a1b6-3f8e2d7c9051\nlogsource: {category: x}\n"
                                   "detection: {s: {a|nosuch: b}, condition: s}\n")
    (mixed / "torn.yml").write_text("title: [\n")
    (mixed / "latin.yml").write_bytes(b"title: caf\xe9\n")
    r = run("rules", "check", mixed)
    refused = [line for line in r.stdout.splitlines() if line.startswith("refused")]
    assert r.returncode == 1 and r.stdout.splitlines()[-1] == "2 loaded, 3 refused" and len(refused) == 3, r
    assert any("bad.yml" in line and "nosuch" in line for line in refused), refused
    r = run("rules", "check", "--json", mixed)
    rows = [json.loads(line) for line in r.stdout.splitlines()]
    assert r.returncode == 1 and rows[-1] == {"loaded": 2, "refused": 3}, r
    assert all(row["loaded"] or row["reason"] for row in rows[:-1]) and len(rows) == 6, rows
    r = run("detect", "--no-route", "--rules", mixed, put("ok", json.dumps(HIT)))
    assert r.returncode == 0 and WHOAMI in r.stdout and "3 rules are refused" in r.stderr, "the others work on"


# ---- the public rules ----

shared = pathlib.Path(os.environ.get("LF_SHARED", str(lf.ROOT.parent / "shared"))) / "data"


def unpacked(name):
    archive = shared / f"{name}.tar.zst"
    if not archive.exists():
        raise lf.Skip(f"{archive} is absent")
    if not shutil.which("zstd"):
        raise lf.Skip("zstd is absent")
    to = dir / name
    if not to.exists():
        to.mkdir()
        subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(to)], check=True)
    return to


@lf.promise
def public_rules():
    """each public rule loads or is refused with a reason"""
    at = unpacked("sigma-rules")
    r = run("rules", "check", "--json", at)
    rows = [json.loads(line) for line in r.stdout.splitlines()]
    files = {str(p) for p in at.rglob("*.yml")}
    assert {row["file"] for row in rows[:-1]} == files, "every file is accounted for"
    bad = [row for row in rows[:-1] if not row["loaded"]]
    assert all(row["reason"] for row in bad)
    # Only placeholders, whose values nobody gave, keep a rule of this set out.
    assert all("placeholder" in row["reason"] for row in bad), [b for b in bad if "placeholder" not in b["reason"]][:5]
    return f"{rows[-1]['loaded']} loaded, {rows[-1]['refused']} refused"


def silent(want, *options):
    got = {}
    r = run("detect", *options, "--rules", unpacked("sigma-rules"), *want, limit=300)
    assert r.returncode == 0, r.stderr
    for line in r.stdout.splitlines():
        m = json.loads(line)
        got.setdefault(m["file"], set()).add(m["rule"])
    missed = [f"{path}: {rule}" for path, rule in want.items() if rule not in got.get(path, ())]
    assert want and not missed, f"{len(missed)} of {len(want)}: {missed[:5]}"
    return got


@lf.promise
def regression():
    """each public regression event fires the rule it was recorded for, routed and not, from JSON and from EVTX, and both forms fire the same rules"""
    events = unpacked("sigma-regression-part")
    seen = {}
    for suffix in ("json", "evtx"):
        want = {str(path): path.stem for path in events.rglob("*." + suffix)}
        for options in ((), ("--no-route",)):
            got = silent(want, *options)
            seen[suffix, options] = {path.rpartition(".")[0]: rules for path, rules in got.items()}
    # Whoever made the JSON cut blanks off the ends of texts; this rule looks for one there.
    blank_at_end = {"b6e2a2e3-2d30-43b1-a4ea-071e36595690"}
    for options in ((), ("--no-route",)):
        for path, rules in seen["json", options].items():
            more = seen["evtx", options][path] ^ rules
            assert more <= blank_at_end - rules, (path, more)
    return f"{len(want)} events of each form"


lf.done()
