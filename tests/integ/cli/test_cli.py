#!/usr/bin/env python3
"""What every command of the command line promises: --help, exit codes, one line that says what
is wrong, - as standard input, and no answer that is cut short without a word."""
import json
import pathlib
import select
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

RULE = """title: Who am I
id: 7f1c2a54-9d3e-4b60-8a71-0c5e6d2f4b18
level: high
logsource: {category: process_creation, product: windows}
detection:
  s: {Image|endswith: \\whoami.exe}
  condition: s
"""
HIT = '{"Image":"C:\\\\whoami.exe"}\n'
dir = lf.scratch()
rules = dir / "rules"
rules.mkdir()
(rules / "whoami.yml").write_text(RULE)
COMMANDS = {"serve": [],
            "demo": [],
            "simulate": [],
            "config": ["check", "show", "sample"],
            "detect": [],
            "search": [],
            "rules": ["check", "test", "coverage", "make"],
            "pattern": ["check", "match"],
            "stix": ["check"],
            "archive": ["list", "check"],
            "user": ["list"],
            "tenant": ["list"],
            "token": ["list"],
            "lifetime": ["list", "set", "forget"],
            "quota": ["list", "set", "forget"],
            "collection": ["list", "show", "add", "set", "remove"],
            "digest": ["list", "show", "add", "now", "remove"],
            "asset": ["list", "show", "set", "import", "remove"],
            "device": ["list", "show", "set", "import", "remove"],
            "tuning": ["list", "show", "set", "clear"],
            "exclusion": ["list", "proposed", "set", "end"],
            "national": ["list", "set", "forget"],
            "group": ["list", "show", "add", "join", "leave", "remove"],
            "alert": ["list", "show", "close"],
            "station": ["list", "overdue", "back", "foreign", "find", "show", "count", "export", "add", "look", "state"],
            "ops-review": ["list", "show", "add", "summary", "close", "improvements", "open", "overdue", "earlier", "improve", "set", "assign", "export"],
            "news": ["list", "all", "overdue", "find", "cve", "source", "show", "add", "assess", "drop", "watch", "draft", "reopen", "note", "counts", "year", "export"],
            "partner": ["list", "overdue", "foreign", "find", "show", "export", "add", "set", "end", "channel", "channel-remove", "activities", "activity", "activity-withdraw", "try"],
            "peer": ["list", "chain", "accept", "transform", "transform-set"],
            "audit": ["list", "verify"],
            "incident": ["list", "find", "rsit", "vital", "show", "classify", "warn", "export", "export-all", "import", "import-check", "files", "file", "attach", "detach"],
            "advisory": ["list", "find", "show", "forms", "add", "edit", "attach", "detach", "publish"],
            "hold": ["list", "set", "lift"],
            "indicator": ["list", "withdraw"],
            "block": ["list"],
            "object": ["search", "show", "graph"],
            "policy": ["show"],
            "transfer": ["export", "import"],
            "ask": ["pattern", "rule", "values", "list", "show", "wait", "accept", "refuse", "withdraw", "policy", "sign"],
            "feed": ["list", "show", "add", "run", "remove", "source"],
            "learning": ["show", "start", "accept", "drop"],
            "exercise": ["list", "late", "show", "add", "change", "state", "report", "sheet", "scenarios", "take", "take-file", "group", "injects", "inject", "score", "judge", "cases"],
            "inquiry": ["list", "open", "overdue", "mine", "find", "of", "counts", "show", "export", "ask", "enter", "take", "refer", "advise", "answer", "again", "note", "close", "reopen", "incident", "mark", "draft"],
            "weakness": ["list", "open", "overdue", "find", "of", "earlier", "patterns", "show", "export", "add", "set", "assign", "measure", "note", "check"],
            "roster": ["list", "show", "add", "cover", "asked", "answer", "remove", "calendar", "log", "write", "matters", "handovers", "hand-over", "confirm", "import"],
            "recovery": ["list", "overdue", "import", "draft", "publish", "retire", "history", "trials", "rehearse", "withdraw", "file", "of", "call", "times"],
            "playbook": ["list", "of", "apply", "set", "draft", "publish", "retire", "history", "remove"],
            "scenario": [],
            "cases": ["import", "list", "show", "report", "stop", "take"],
            "draft": ["list", "show", "keep", "remove"],
            "statement": ["list", "show", "history", "add", "edit", "correct", "submit", "return", "withdraw"],
            "publication": ["list", "show", "publish", "withdraw", "counts"],
            "analysis": ["list", "show", "pdf", "begin", "refresh", "submit", "return", "publish", "withdraw", "follow", "advise"],
            "article": ["list", "find", "show", "history", "alike", "draft", "submit", "return", "publish", "withdraw"],
            "task": ["list", "of", "show", "add", "set", "assign", "note"],
            "manning": ["list", "there", "called", "convene", "arrive", "leave", "correct", "calendar"],
            "responder": ["list", "free", "import", "set", "remove"],
            "team": ["list", "show", "calls", "ask", "answer", "arrive", "release", "task", "state"],
            "seminar": ["list", "year", "parts", "export", "show", "add", "invite", "attend", "import", "attendance", "hold", "cancel", "calendar"],
            "meeting": ["list", "of", "show", "add", "item", "invite", "cancel", "attend", "minutes", "decide", "close", "calendar"],
            "network": ["count", "find", "set", "of", "refer"],
            "evidence": ["list", "add", "add-file", "hand-over"],
            "mail": ["take", "list", "show", "source", "file", "dismiss"],
            "referral": ["list", "of", "add", "standing", "asked", "waive", "show", "answer"],
            "statistics": ["show", "joined", "open"],
            "contact": ["list", "lacking", "show", "import", "export", "post", "keys", "key-add", "key-remove"],
            "member": ["list", "add", "set", "remove"],
            "bulletin": ["list", "show", "members", "find", "audience", "reply", "remind", "link"],
            "notice": ["list", "show", "answer", "test", "matrix"],
            "clock": [],
            "level": [],
            "receipt": ["verify"],
            "bench": ["detect", "ioc", "json", "archive", "rpz", "search", "correlate", "objects"]}


def run(*argv, stdin="", **kw):
    data = stdin.encode() if isinstance(stdin, str) else stdin
    r = subprocess.run([lf.BIN, *map(str, argv)], input=data, capture_output=True, timeout=60, cwd=dir, **kw)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


@lf.promise
def helps():
    """each command and each of its verbs says what it does on --help, on standard output, and exits 0"""
    listed = {line.split()[0] for line in run("--help")[1].splitlines() if line.startswith("  ")} - {"version"}
    assert listed == set(COMMANDS), listed ^ set(COMMANDS)
    for command, verbs in COMMANDS.items():
        for argv in [[command], *([command, verb] for verb in verbs)]:
            rc, out, err = run(*argv, "--help")
            assert rc == 0 and err == "" and "usage: lianfang" in out, (argv, rc, out, err)


@lf.promise
def bad_usage():
    """bad usage exits 2, prints nothing, and says in one line what is wrong and how to mend it"""
    for argv in (["nosuch"], ["detect"], ["detect", "--rules", rules], ["detect", "x.json"], ["detect", "--nosuch"],
                 ["detect", "--rules", rules, "--from", "-1h", "x"], ["detect", "--rules", rules, "--data", "x", "y"],
                 ["detect", "--rules", rules, "--no-route", "--data", "x"], ["rules"], ["rules", "chekc"],
                 ["rules", "check"], ["rules", "check", "--nosuch"], ["rules", "test"], ["rules", "coverage"], ["rules", "make"],
                 ["pattern"], ["pattern", "check"], ["pattern", "match", "[a:b = 1]"], ["pattern", "chekc", "x"],
                 ["search"], ["search", ""], ["search", "--limit", "0", "x"], ["config"], ["config", "chekc"],
                 ["alert", "nosuch"], ["object", "nosuch"], ["object", "search", "--nosuch", "x"], ["object", "show"], ["object", "graph", "a", "b"], ["clock"], ["level"], ["receipt"], ["archive"], ["bench", "nosuch"],
                 ["bench", "detect"], ["bench", "ioc", "--entries", "x"], ["bench", "archive", "--events", "0"],
                 ["bench", "json", "a", "b"]):
        rc, out, err = run(*argv)
        assert rc == 2 and out == "" and err.strip(), (argv, rc, out, err)
        assert len(err.splitlines()) == 1 or argv[:2] == ["bench", "archive"], (argv, err)


@lf.promise
def standard_input():
    """- is standard input, also for rules and patterns"""
    rc, out, _ = run("rules", "check", "--json", "-", stdin=RULE)
    assert rc == 0 and json.loads(out.splitlines()[0])["file"] == "-" and '{"loaded":1,"refused":0}' in out, out
    rc, out, _ = run("rules", "check", "-", stdin=RULE.replace("endswith", "endwith"))
    assert rc == 1 and "endswith" in out, out
    for at in ("-", "@-"):
        assert run("pattern", "check", at, stdin="[ipv4-addr:value = '192.0.2.1']\n")[0] == 0
        assert run("pattern", "check", at, stdin="[ipv4-addr:value = ]\n")[0] == 1


@lf.promise
def nothing_to_measure():
    """a benchmark of a file without events, or with one that is too large, says so or measures nothing"""
    for text in ("", "\n\n", "[]"):
        for name, want in (("archive", 2), ("json", 0), ("detect", 0)):
            rc, out, err = run("bench", name, "-", stdin=text)
            assert rc == want and (err.strip() or json.loads(out)["events"] <= 1), (name, text, rc, out, err)
    rc, out, err = run("bench", "archive", "-", stdin='{"a":"' + "x" * (5 << 20) + '"}\n')
    assert rc == 2 and out == "" and "event 1" in err, (rc, err)


@lf.promise
def byte_order_marks():
    """a byte order mark before a file's JSON is passed over"""
    (dir / "bundle.json").write_text('\ufeff{"type":"bundle","id":"bundle--5d0f3b62-7e48-4c95-a1b6-3f8e2d7c9051","objects":[]}')
    rc, out, err = run("pattern", "match", "[ipv4-addr:value = '192.0.2.1']", "bundle.json")
    assert rc == 1 and err == "", (rc, out, err)


@lf.promise
def full_disk():
    """an answer that cannot be written whole is told and exits 2, whichever command gives it"""
    for argv, stdin in ((["detect", "--no-route", "--rules", rules, "-"], HIT), (["rules", "check", rules], ""),
                        (["config", "sample"], ""), (["--help"], ""), (["pattern", "check", "[a:b = 1]"], "")):
        for to in (">/dev/full", ">&-"):
            r = subprocess.run(["sh", "-c", f'exec "$0" "$@" {to}', lf.BIN, *map(str, argv)], input=stdin.encode(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
            assert r.returncode == 2 and b"standard output" in r.stderr, (argv, to, r)


@lf.promise
def closed_descriptors():
    """with standard output and error closed nothing is written into the files it opens"""
    data = dir / "events"
    data.write_text(HIT)
    r = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&- 2>&-', lf.BIN, "detect", "--no-route", "--rules", str(rules), str(data)],
                       timeout=60)
    assert r.returncode == 2 and data.read_text() == HIT and (rules / "whoami.yml").read_text() == RULE


@lf.promise
def stix_check():
    """stix check tells each fault at its place, of a bundle, an object or a list, and says 0, 1 or 2"""
    good = {"type": "mutex", "id": "mutex--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "name": "x"}
    bad = {"type": "mutex", "id": "mutex--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "size": 1}
    code, out, err = run("stix", "check", "--json", "-", stdin=json.dumps([good, bad]))
    lines = [json.loads(x) for x in out.splitlines()]
    assert code == 1 and not err and lines[-1] == {"file": "-", "objects": 2, "faults": 1, "advice": 1}, (code, out, err)
    assert {"file": "-", "object": bad["id"], "path": "name", "advice": False, "text": "is missing"} in lines
    code, out, err = run("stix", "check", "-", stdin=json.dumps(good))
    assert code == 0 and out == "-: 1 object, 0 faults, 0 pieces of advice\n" and not err, (code, out, err)
    code, out, err = run("stix", "check", "-", stdin='{"type":"mutex","type":"file"}')
    assert code == 2 and not out and err.count("\n") == 1, (code, out, err)
    code, out, err = run("stix", "check", "/nowhere")
    assert code == 2 and "/nowhere" in err and err.count("\n") == 1, (code, out, err)


@lf.promise
def streams():
    """detect looks at what a pipe brings before the pipe ends"""
    for first in (HIT, "[\n" + HIT, "{\n \"Image\":\n \"C:\\\\whoami.exe\"\n}\n"):
        p = subprocess.Popen([lf.BIN, "detect", "--no-route", "--rules", str(rules), "-"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
        p.stdin.write(first)
        p.stdin.flush()
        assert select.select([p.stdout], [], [], 30)[0], "no answer while the pipe is open"
        assert json.loads(p.stdout.readline())["event"] == 0
        p.stdin.close()
        assert p.wait(30) == 0 and p.stdout.read() == ""


lf.done()
