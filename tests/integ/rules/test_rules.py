#!/usr/bin/env python3
"""`lianfang rules check` and `rules test`: filters, placeholders, where a refusal points, rules with
their own events; SigmaHQ's regression data (where $LF_SHARED has it), from EVTX and JSON, routed."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402

dir = lf.scratch()
HEAD = "title: {0}\nid: {1}\nlogsource: {{category: process_creation, product: windows}}\n"
A, B, C = (f"7f1c2a54-9d3e-4b60-8a71-0c5e6d2f4b{n}" for n in (18, 19, 20))
WHOAMI = HEAD.format("Who am I", A) + "detection:\n  s: {Image|endswith: \\whoami.exe}\n  condition: s\n"
HIT, MISS = {"Image": "C:\\whoami.exe"}, {"Image": "C:\\notepad.exe"}


def run(*argv, stdin=None, limit=120):
    return subprocess.run([lf.BIN, *map(str, argv)], input=stdin, capture_output=True, text=True, timeout=limit)


def tree(name, **files):
    """A new directory; 'a.yml' is given as a_yml='…'."""
    d = dir / name
    shutil.rmtree(d, ignore_errors=True)
    d.mkdir()
    for path, text in files.items():
        (d / path.replace("_dot_", ".")).write_text(text if isinstance(text, str) else json.dumps(text))
    return d


def detect(rules, event, *more):
    r = run("detect", "--no-route", "--rules", rules, *more, "-", stdin=json.dumps(event))
    assert r.returncode == 0, r
    return [json.loads(line)["rule"] for line in r.stdout.splitlines()]


@lf.promise
def filters():
    """a filter takes matches from the rules it names, wherever it stands, and check tells of it"""
    d = tree("filters", w_dot_yml=WHOAMI, f_dot_yml="title: Ours\nlogsource: {product: windows}\nfilter:\n"
             f"  rules:\n    - {A}\n    - unknown_rule\n  selection: {{User|startswith: adm_}}\n  condition: selection\n")
    assert detect(d, HIT) == [A] and detect(d, dict(HIT, User="ADM_x")) == [] and detect(d, dict(HIT, User="x")) == [A]
    r = run("rules", "check", "--json", d)
    rows = {row["title"]: row for row in map(json.loads, r.stdout.splitlines()[:-1])}
    assert r.returncode == 0 and rows["Ours"]["kind"] == "filter" and "unknown_rule" in rows["Ours"]["note"], rows
    r = run("rules", "check", d)
    assert "Ours (filter); note:" in r.stdout and r.stdout.endswith("2 loaded, 0 refused\n"), r.stdout


@lf.promise
def placeholders():
    """expand rules are refused until --expand gives values: a map, a list, a directory"""
    d = tree("expand", e_dot_yml=HEAD.format("E", A) + "detection: {s: {User|expand: '%Admins%', Host|expand: '%Hosts%-%Hosts%'}, condition: s}\n")
    r = run("rules", "check", d)
    assert r.returncode == 1 and "%Admins%" in r.stdout and "--expand" in r.stdout and "line 4" in r.stdout, r.stdout
    lists = tree("lists", Admins_dot_txt="# ours\nadm_*\n", more_dot_json={"Hosts": ["a", "b"]})
    assert run("rules", "check", "--expand", lists, d).returncode == 0
    assert run("rules", "check", "--expand", lists / "Admins.txt", "--expand", lists / "more.json", d).returncode == 0
    assert run("rules", "check", "--expand", lists / "Admins.txt", d).returncode == 1
    event = {"User": "ADM_joe", "Host": "b-a"}
    assert detect(d, event, "--expand", lists) == [A] and detect(d, dict(event, Host="b"), "--expand", lists) == []
    marked = tree("marked", Admins_dot_txt="\ufeffadm_*\r\nroot\r\n", Hosts_dot_yml="\ufeffHosts: [a, b]\r\n")
    assert detect(d, event, "--expand", marked) == [A], "a byte order mark is no part of a value"
    bad = tree("bad", x_dot_yml="A: {b: c}\n")
    for path in (bad, bad / "x.yml", dir / "absent"):
        r = run("detect", "--rules", d, "--expand", path, "-", stdin="")
        assert r.returncode == 2 and r.stdout == "" and r.stderr.strip(), r


@lf.promise
def documents():
    """one bad document of a file is refused with its line; the others of the file work"""
    d = tree("many", m_dot_yml=WHOAMI + "---\n" + HEAD.format("Bad", B) + "detection:\n  s:\n    Image|contians: x\n  condition: s\n---\n" +
             HEAD.format("Twice", C) + "title: again\n---\n")
    r = run("rules", "check", "--json", d)
    rows = [json.loads(line) for line in r.stdout.splitlines()]
    assert r.returncode == 1 and rows[-1] == {"loaded": 1, "refused": 2}, rows
    assert rows[1]["line"] == 8 and "line 13" in rows[1]["reason"] and '"contains"' in rows[1]["reason"], rows[1]
    assert "title" in rows[2]["reason"] and detect(d, HIT) == [A], rows[2]


@lf.promise
def odd_files():
    """what is no rule says why, also a file that is too large; a byte order mark and CR LF hide none; nothing holds the others up"""
    d = tree("odd", good_dot_yml=WHOAMI, empty_dot_yml="", comment_dot_yml="# nothing\n", list_dot_yml="- a\n", scalar_dot_yml="a\n",
             huge_dot_yml="title: " + "x" * (20 << 20), deep_dot_yml="a: " + "[" * 100000, open_dot_yml="title: [",
             crlf_dot_yml=WHOAMI.replace(A, B).replace("\n", "\r\n"))
    (d / "bom.yml").write_bytes(b"\xef\xbb\xbf" + WHOAMI.replace(A, C).encode())
    (d / "latin.yml").write_bytes(b"title: caf\xe9\n")
    (d / "nul.yml").write_bytes(b"title: a\0\n")
    os.mkfifo(d / "pipe.yml")
    r = run("rules", "check", "--json", d, limit=20)
    rows = {pathlib.Path(row["file"]).name: row for row in map(json.loads, r.stdout.splitlines()) if "file" in row}
    assert r.returncode == 1 and {n for n, row in rows.items() if row["loaded"]} == {"good.yml", "crlf.yml", "bom.yml"}, rows
    for name, why in {"huge": "of at most", "deep": "nested deeper", "empty": "no rule", "latin": "UTF-8", "nul": "control",
                      "list": "a rule is a map", "scalar": "a rule is a map", "comment": "no rule"}.items():
        assert why in rows[name + ".yml"]["reason"], rows[name + ".yml"]


TESTS = {"positive": [HIT, {"Image": "D:\\WHOAMI.exe"}], "negative": [MISS, {}]}


@lf.promise
def own_events():
    """rules test passes when each positive event fires the rule and no negative one does"""
    d = tree("pass", w_dot_yml=WHOAMI, w_dot_test_dot_yml=json.dumps(TESTS))
    r = run("rules", "test", d)
    assert r.returncode == 0 and r.stdout == "4 passed, 0 failed, 0 rules without tests\n" and r.stderr == "", r
    inside = tree("inside", w_dot_yml=WHOAMI + "tests:\n  positive:\n    - {Image: 'C:\\whoami.exe'}\n", o_dot_yml=WHOAMI.replace(A, B))
    assert run("rules", "test", inside).stdout == "1 passed, 0 failed, 1 rules without tests\n"
    assert run("rules", "check", d).stdout.endswith("1 loaded, 0 refused\n"), "tests are no rules"
    files = tree("files", w_dot_yml=WHOAMI, w_dot_test_dot_yml="positive_files: [yes.jsonl]\nnegative_files: [no.jsonl]\n",
                 yes_dot_jsonl=json.dumps(HIT) * 3, no_dot_jsonl=json.dumps(MISS) + "\n{}\n")
    assert run("rules", "test", files).stdout == "2 passed, 0 failed, 0 rules without tests\n"


@lf.promise
def failures():
    """a miss or a hit is a line that says which event, and the exit code is 1"""
    d = tree("fail", w_dot_yml=WHOAMI, w_dot_test_dot_yml=json.dumps({"positive": [HIT, MISS], "negative": [MISS, HIT]}))
    r = run("rules", "test", d)
    lines = r.stdout.splitlines()
    assert r.returncode == 1 and lines[-1] == "2 passed, 2 failed, 0 rules without tests" and len(lines) == 3, r
    assert lines[0].startswith("missed") and "positive 2" in lines[0] and "Who am I" in lines[0], lines
    assert lines[1].startswith("hit") and "negative 2" in lines[1], lines
    r = run("rules", "test", "--json", d)
    rows = [json.loads(line) for line in r.stdout.splitlines()]
    assert r.returncode == 1 and rows[-1] == {"passed": 2, "failed": 2, "rules_without_tests": 0} and len(rows) == 5, rows
    assert [row["passed"] for row in rows[:-1]] == [True, False, True, False] and all(row["rule"] == A for row in rows[:-1])
    (d / "some.jsonl").write_text(json.dumps(HIT) + "\n" + json.dumps(MISS) + "\n")
    (d / "w.test.yml").write_text("positive_files: [some.jsonl]\nnegative_files: [some.jsonl]\n")
    r = run("rules", "test", d)
    assert r.returncode == 1 and r.stdout.count("fired on 1 of 2 records, first on 0") == 2, r.stdout


@lf.promise
def refused_and_broken():
    """a test of a refused rule fails and says why; so does a test that can not be run"""
    bad = WHOAMI.replace("endswith", "endwith")
    for tests in ({"positive": [HIT]}, {"negative": [MISS]}):
        r = run("rules", "test", tree("refused", w_dot_yml=bad, w_dot_test_dot_yml=json.dumps(tests)))
        assert r.returncode == 1 and "endwith" in r.stdout and "0 passed, 1 failed" in r.stdout, r.stdout
    for tests in ("{}", "positive: x", "positive: [1]", "positive_files: [absent]", "positve: []", "[", "rules: nosuch\npositive: [{a: 1}]"):
        r = run("rules", "test", tree("broken", w_dot_yml=WHOAMI, w_dot_test_dot_yml=tests))
        assert r.returncode == 1 and "broken  " in r.stdout and "w.test.yml" in r.stdout, (tests, r)
    r = run("rules", "test", tree("alone", x_dot_test_dot_yml=json.dumps(TESTS)))
    assert r.returncode == 1 and "beside it" in r.stdout, r


@lf.promise
def sources():
    """an event of a recognised source tests the rule's log source too, unless --no-route"""
    sysmon = dict(HIT, EventID=1, Channel="Microsoft-Windows-Sysmon/Operational", Provider_Name="Microsoft-Windows-Sysmon")
    other = WHOAMI.replace("process_creation", "dns_query").replace(A, B).replace("Who am I", "Not mine")
    d = tree("sources", w_dot_yml=WHOAMI, o_dot_yml=other, w_dot_test_dot_yml=json.dumps({"positive": [sysmon]}),
             o_dot_test_dot_yml=json.dumps({"positive": [sysmon]}))
    r = run("rules", "test", d)
    assert r.returncode == 1 and "1 passed, 1 failed" in r.stdout and "process_creation" in r.stdout and "dns_query" in r.stdout, r.stdout
    assert run("rules", "test", "--no-route", d).returncode == 0


@lf.promise
def lines_and_sequences():
    """a text is a line of a log; a list is a row of events for a correlation"""
    rule = "title: Root\nname: root_login\nlogsource: {product: linux, service: sshd}\ndetection: {k: ['Accepted password for root'], condition: k}\n"
    line = "<38>Nov 21 02:48:16 h1 sshd[9]: Accepted password for root from 192.0.2.1 port 22 ssh2"
    d = tree("line", r_dot_yml=rule, r_dot_test_dot_yml=json.dumps({"positive": [line], "negative": [line.replace("root", "joe")]}))
    r = run("rules", "test", d)
    assert r.returncode == 0 and r.stdout.startswith("2 passed"), r
    pair = rule + "---\ntitle: Twice\ncorrelation: {type: event_count, rules: [root_login], group-by: [host], timespan: 1m, condition: {gte: 2}}\n"
    event = lambda second: {"host": "h", "message": "Accepted password for root", "@timestamp": f"2026-11-21T02:48:{second:02}Z"}
    d = tree("row", c_dot_yml=pair, c_dot_test_dot_yml=json.dumps({"positive": [[event(1), event(2)]], "negative": [[event(1)]]}))
    r = run("rules", "test", d)
    assert r.returncode == 0 and r.stdout.startswith("2 passed"), r


@lf.promise
def node():
    """a node takes values of placeholders from [rules] expand, and SIGHUP takes them anew"""
    d = dir / "node"
    d.mkdir()
    rules = tree("node_rules", e_dot_yml=HEAD.format("E", A) + "detection: {s: {User|expand: '%Admins%'}, condition: s}\n")
    lists = tree("node_lists", Admins_dot_txt="adm_*\n")
    n = lf.Node.serve(d, f"[rules]\ndirs = {rules}\nexpand = {lists / 'Admins.txt'}, {tree('node_more')}\n")

    def loaded():
        intake = n.local("GET", "/api/v1/health").json["workers"]["intake"]
        return intake["rules"], intake["rules_refused"]

    lf.until("the rule is loaded", lambda: loaded() == (1, 0))
    (lists / "Admins.txt").write_text("# nobody any more\n")
    n.process.send_signal(signal.SIGHUP)
    lf.until("the rule is refused", lambda: loaded() == (0, 1))
    assert n.close() == 0


@lf.promise
def usage():
    """bad usage and nothing to test exit 2 with a sentence; --help exits 0"""
    d = tree("plain", w_dot_yml=WHOAMI)
    for argv in ([], [d], ["--nosuch", d], [dir / "absent"], ["--rules"], ["--rules", dir / "absent", d]):
        r = run("rules", "test", *argv)
        assert r.returncode == 2 and r.stdout == "" and r.stderr.strip(), (argv, r)
    r = run("rules", "test", "--help")
    assert r.returncode == 0 and "exit" in r.stdout, r


@lf.promise
def regression():
    """each of SigmaHQ's regression events fires its rule, routed, from EVTX and from JSON"""
    shared = pathlib.Path(os.environ.get("LF_SHARED", str(lf.ROOT.parent / "shared"))) / "data"
    for name in ("sigma-rules", "sigma-regression-part"):
        if not (shared / f"{name}.tar.zst").exists() or not shutil.which("zstd"):
            raise lf.Skip(f"{shared / name}.tar.zst or zstd is absent")
        (dir / name).mkdir()
        subprocess.run(["tar", "--zstd", "-xf", str(shared / f"{name}.tar.zst"), "-C", str(dir / name)], check=True)
    r = run("rules", "test", "--json", "--rules", dir / "sigma-rules", dir / "sigma-regression-part")
    rows = [json.loads(line) for line in r.stdout.splitlines()]
    bad = [row for row in rows[:-1] if not row["passed"]]
    kinds = {kind: sum(row["event"].endswith(kind) for row in rows[:-1]) for kind in (".evtx", ".json")}
    assert r.returncode == 0 and not bad and min(kinds.values()) > 100, (len(bad), bad[:3], kinds)
    return f"{kinds}"


lf.done()
