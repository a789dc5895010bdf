#!/usr/bin/env python3
"""`lianfang clock` and `lianfang level` against the worked examples of their contract."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

SHARED = pathlib.Path(os.environ.get("LF_SHARED", ROOT.parent / "shared"))
VECTORS = SHARED / "cert/contract-vectors.json"


def vectors(kind):
    if not VECTORS.exists():
        raise Skip(f"{VECTORS} is not here")
    return json.loads(VECTORS.read_text())[kind]


def run(*argv, stdin=None):
    return subprocess.run([BIN, *map(str, argv)], input=stdin, capture_output=True, text=True, timeout=30)


@promise
def clock():
    """every clock vector comes out equal, with its exit status"""
    d = scratch()
    cases = vectors("clock")
    for v in cases:
        rules = v["rules"]
        path = SHARED / "cert" / rules if isinstance(rules, str) else d / "rules.json"
        if not isinstance(rules, str):
            path.write_text(json.dumps(rules))
        elif not path.exists():
            path = ROOT / "rules/clock" / pathlib.Path(rules).name
        r = run("clock", path, "-", "--at", v["at"], "--json", stdin=json.dumps(v["history"]))
        assert r.returncode == v["exit"], (v["name"], r)
        if v["exit"] != 2:
            assert json.loads(r.stdout) == v["expect"], (v["name"], r.stdout, v["expect"])
        else:
            assert r.stdout == "" and len(r.stderr.splitlines()) == 1, (v["name"], r)
    return f"{len(cases)} vectors"


@promise
def level():
    """every level vector comes out equal, with its exit status"""
    cases = vectors("level")
    for v in cases:
        r = run("level", "-", "--json", stdin=json.dumps(v["answers"]))
        assert r.returncode == v["exit"], (v["name"], r)
        if v["exit"] != 2:
            assert json.loads(r.stdout) == v["expect"], (v["name"], r.stdout, v["expect"])
        else:
            assert r.stdout == "" and len(r.stderr.splitlines()) == 1, (v["name"], r)
    return f"{len(cases)} vectors"


done()
