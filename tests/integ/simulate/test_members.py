#!/usr/bin/env python3
"""A node with thousands of children: nothing it does for one of them grows with all of them."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from lf import *

CHILDREN = os.environ.get("LF_CHILDREN", "3000")


@promise
def many():
    """thousands of children enrol, wait and are all told in a second, in little memory each, the last as fast as the first"""
    r = subprocess.run([BIN, "bench", "members", "--children", CHILDREN], stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, timeout=120)
    assert r.returncode == 0, r.stderr
    x = json.loads(r.stdout)
    # Processor times: where each child looked at all others, the last tenth took many times the first.
    assert x["enrol_last_us"] < 3 * x["enrol_first_us"] + 100, x
    assert x["kb_per_waiting_child"] < 30 and x["all_told_s"] < 1 and x["report_us"] < 20000, x
    return f"{x['children']}: enrolled in {x['enrol_s']} s, all told in {x['all_told_s']} s, {x['kb_per_waiting_child']} KB each"


done()
