#!/usr/bin/env python3
"""lianfang stix check on the command line: what it says of a file, and how it says it."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

UUID = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"


def check(*objects, flags=()):
    return subprocess.run([BIN, "stix", "check", *flags, "-"], input=json.dumps(objects).encode(), capture_output=True, timeout=60)


def tool(**more):
    return {"type": "tool", "spec_version": "2.1", "id": f"tool--{UUID}", "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "x", **more}


@promise
def what_a_file_says_cannot_move_the_cursor_of_who_reads_its_faults():
    """a fault quotes the file without one control character of either half"""
    nasty = "".join(map(chr, [*range(0x20), *range(0x7f, 0xa0)]))
    r = check(tool(id="tool--" + nasty), tool(**{"x_" + nasty: 1}), tool(lang=nasty), {"type": nasty})
    assert r.returncode == 1, r
    text = r.stdout.decode()
    assert len(text.splitlines()) > 4 and not set(nasty) - {"\n"} & set(text), text


@promise
def each_object_is_judged_by_itself_and_the_exit_says_whether_one_is_at_fault():
    """faults are told by object and place, exit 1 for any, 0 for advice alone, 2 for what is no JSON"""
    r = check(tool(), tool(severity="high"), tool(defanged=True), flags=["--json"])
    lines = [json.loads(x) for x in r.stdout.splitlines()]
    assert r.returncode == 1 and [x["path"] for x in lines if "path" in x] == ["severity", "defanged"], r.stdout
    assert lines[-1]["objects"] == 3 and lines[-1]["faults"] == 2, lines[-1]
    r = check(tool(x_own=1), flags=["--json"])
    assert r.returncode == 0 and json.loads(r.stdout.splitlines()[0])["advice"] is True, r
    r = subprocess.run([BIN, "stix", "check", "-"], input=b'{"type":', capture_output=True, timeout=60)
    assert r.returncode == 2 and r.stderr.count(b"\n") == 1, r


done()
