#!/usr/bin/env python3
"""Reads and writes out of the plant's pattern: learnt from an ordinary time, told when new."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402
import samples  # noqa: E402

dir = lf.scratch()
RULES = lf.ROOT / "rules-learned/ot"
HMI, PLC, RTU, S7, STRANGER = "10.9.0.10", "10.9.0.5", "10.9.0.6", "10.9.0.7", "10.9.0.66"


def ot(log, src, dst, **fields):
    return dict(samples.zeek(log, **fields), **{"id.orig_h": src, "id.resp_h": dst})


def modbus(src, func, dst=PLC):
    return ot("modbus", src, dst, unit=1, func=func)


def dnp3(src, fc, dst=RTU):
    return ot("dnp3", src, dst, fc_request=fc, fc_reply="RESPONSE", iin=0)


def s7(src, function, dst=S7):
    return ot("s7comm", src, dst, rosctr_code=1, rosctr_name="Job-Request", pdu_reference=1, function_name=function)


USUAL = [modbus(HMI, "READ_HOLDING_REGISTERS"), modbus(HMI, "WRITE_SINGLE_COIL"), modbus(HMI, "WRITE_SINGLE_COIL_EXCEPTION"),
         modbus("10.9.0.11", "READ_COILS"), dnp3(HMI, "READ"), dnp3(HMI, "DIRECT_OPERATE"), s7(HMI, "Read Variable"), s7(HMI, "Write Variable")]
WRITE = {"modbus": "Modbus Write By A Station That Never Writes", "dnp3": "DNP3 Control By A Station That Never Controls", "s7": "S7 Write By A Station That Never Writes"}
USE = {"modbus": "Modbus Function That The Station Does Not Use", "dnp3": "DNP3 Function That The Station Does Not Use", "s7": "S7 Function That The Station Does Not Use"}
LINK = "Control Traffic Between Machines That Do Not Speak To Each Other"


def run(*argv):
    return subprocess.run([lf.BIN, *map(str, argv)], capture_output=True, text=True, timeout=60)


def put(name, events):
    path = dir / name
    path.write_text("".join(json.dumps(e) + "\n" for e in events))
    return path


def learn():
    r = run("rules", "learn", "--rules", RULES, put("usual.log", USUAL))
    assert r.returncode == 0 and r.stderr == "", r
    (dir / "ot.yml").write_text(r.stdout)
    return r.stdout


def told(events, *options):
    r = run("detect", "--rules", RULES, "--expand", dir / "ot.yml", *options, put("now.log", events))
    assert r.returncode == 0 and r.stderr == "", r
    got = {}
    for line in r.stdout.splitlines():
        m = json.loads(line)
        got.setdefault(m["event"], set()).add(m["title"])
    return got


@lf.promise
def learnt():
    """what is usual is learnt as lists that one can read: who writes, who does what, who speaks to whom"""
    text = learn()
    assert "ot_writers:\n  - '10.9.0.10' # 3\n" in text, text
    assert "  - '10.9.0.10 > 10.9.0.5' # 3\n" in text and "  - '10.9.0.11 READ_COILS' # 1\n" in text, text
    assert "_EXCEPTION" not in text, text
    r = run("rules", "check", "--expand", dir / "ot.yml", RULES)
    assert r.returncode == 0 and r.stdout.splitlines()[-1] == "7 loaded, 0 refused", r


@lf.promise
def ordinary():
    """the ordinary is not told"""
    learn()
    assert told(USUAL * 2) == {}


@lf.promise
def out_of_pattern():
    """a write, a read and a link that are new are told, by Modbus, DNP3 and S7"""
    learn()
    now = [modbus(STRANGER, "WRITE_MULTIPLE_REGISTERS"), dnp3(STRANGER, "OPERATE"), s7(STRANGER, "Write Variable"),
           modbus("10.9.0.11", "WRITE_SINGLE_COIL"),   # reads always, writes never
           modbus("10.9.0.11", "READ_FILE_RECORD"),    # a read that it does not do
           modbus(HMI, "WRITE_SINGLE_COIL", "10.9.0.8"),  # a writer, at a device that is not its own
           dnp3(HMI, "COLD_RESTART"), s7(HMI, "Setup Communication"),
           modbus(HMI, "WRITE_SINGLE_COIL_EXCEPTION"), modbus(HMI, "WRITE_SINGLE_COIL")]
    assert told(now) == {0: {WRITE["modbus"], USE["modbus"], LINK}, 1: {WRITE["dnp3"], USE["dnp3"], LINK}, 2: {WRITE["s7"], USE["s7"], LINK},
                         3: {WRITE["modbus"], USE["modbus"]}, 4: {USE["modbus"]}, 5: {LINK}, 6: {USE["dnp3"]}, 7: {USE["s7"]}}


@lf.promise
def by_hand():
    """a list that somebody wrote does as well as one that was learnt"""
    (dir / "ot.yml").write_text(f"ot_writers: ['{HMI}', '10.9.1.*']\not_usage: ['*']\not_links: ['*']\n")
    assert told([modbus("10.9.1.7", "WRITE_SINGLE_COIL"), modbus(STRANGER, "WRITE_SINGLE_COIL"), modbus(STRANGER, "READ_COILS")]) == {1: {WRITE["modbus"]}}


@lf.promise
def from_the_archive():
    """it is learnt from a node's archive too, and a value keeps its odd characters"""
    d = lf.scratch()
    (d / "ot.log").write_text("".join(json.dumps(e) + "\n" for e in [*USUAL, modbus("it's*\\?", "WRITE_SINGLE_COIL")]))
    n = lf.Node.serve(d, f"[follow ot]\npath = {d}/ot.log\n")
    lf.until("the events", lambda: run("search", "--data", d / "data", "--json", "*").stdout.count("\n") == len(USUAL) + 1)
    n.close()
    r = run("rules", "learn", "--rules", RULES, "--data", d / "data")
    assert r.returncode == 0 and "ot_writers:\n  - '10.9.0.10' # 3\n  - 'it''s\\*\\\\\\?' # 1\n" in r.stdout, r
    (dir / "ot.yml").write_text(r.stdout)
    assert told([*USUAL, modbus("it's*\\?", "WRITE_SINGLE_COIL"), modbus("it's-\\-", "WRITE_SINGLE_COIL")]).keys() == {len(USUAL) + 1}


@lf.promise
def usage():
    """bad usage says what is missing; nothing learnt is a negative answer"""
    path = put("none.log", [{"a": 1}])
    for argv, code in ((["learn"], 2), (["learn", "--rules", RULES], 2), (["learn", "--rules", lf.ROOT / "rules/ot", path], 2), (["learn", "--rules", RULES, dir / "absent"], 2),
                       (["learn", "--rules", RULES, path], 1), (["learn", "--help"], 0)):
        r = run("rules", *argv)
        assert r.returncode == code and (code != 2 or r.stderr.strip()), (argv, r)


lf.done()
