#!/usr/bin/env python3
"""A day of event time through detection and the core: what is bounded fills, and then memory stays as it is."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402
from lf import done, promise  # noqa: E402

# A sanitizer keeps what was freed for a while: less is asked of such a build, for it says less.
slow = b"__asan_init" in pathlib.Path(lf.BIN).read_bytes()


@promise
def flat():
    """hours of event time with correlations, rhythms, suppression and ever new senders leave memory as it was"""
    hours, rate = (2, 3) if slow else (5, 50)
    r = subprocess.run([lf.BIN, "bench", "day", "--hours", str(hours), "--rate", str(rate)], capture_output=True, text=True,
                       timeout=300)
    assert r.returncode == 0, r.stderr
    x = json.loads(r.stdout)
    assert x["events"] == hours * 3600 * rate, x
    # Each of them had work: nothing is flat because nothing came.
    assert x["fired"] > hours and x["closed"] > hours and x["kept"] > hours, x
    assert x["strangers"] == hours * 3600 * 4 > 10000, x
    # 360,000 events from half time on, of which three bytes each would show.
    if not slow:
        assert x["last_hour_kb"] - x["half_time_kb"] < 1024, x
    return f"{x['events']} events, {x['findings']} findings, {x['strangers']} strangers in {hours} hours: " \
           f"{x['first_hour_kb'] // 1024} MB after the first, {x['half_time_kb'] // 1024} at half time, " \
           f"{x['last_hour_kb'] // 1024} after the last"


done()
