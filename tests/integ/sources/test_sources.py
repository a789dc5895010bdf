#!/usr/bin/env python3
"""Each log source of the public rules: a raw record as the product writes it fires a rule of that source,
a near miss does not, and the archive gives back the bytes that came (rules: where $LF_SHARED has them)."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import lf  # noqa: E402
import samples  # noqa: E402

dir = lf.scratch()
shared = pathlib.Path(os.environ.get("LF_SHARED", str(lf.ROOT.parent / "shared"))) / "data"
ROWS = list(samples.rows())


def public_rules():
    archive = shared / "sigma-rules.tar.zst"
    if not archive.exists() or not shutil.which("zstd"):
        raise lf.Skip(f"{archive} or zstd is absent")
    to = dir / "sigma-rules"
    if not to.exists():
        to.mkdir()
        subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(to)], check=True)
    return to


def rule_of(path):
    """id and (product, category, service) of a rule's file, as far as these need YAML."""
    found, section = {}, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.strip().partition(":")
        if line[:1].strip():
            section = key
        value = value.split(" #")[0].strip().strip("'\"")
        if section == "id" and line.startswith("id:"):
            found["id"] = value
        elif section == "logsource" and key in ("product", "category", "service"):
            found[key] = value
    return found


@lf.promise
def sources():
    """a raw record of each log source fires a rule of that source, and a near miss does not"""
    rules = public_rules()
    wanted, logsource, counts = {}, {}, {}
    at = {row[1]: None for row in ROWS}
    for path in rules.rglob("*.yml"):
        found = rule_of(path)
        source = "/".join(found.get(k, "") for k in ("product", "category", "service"))
        counts[source] = counts.get(source, 0) + 1
        logsource[found.get("id")] = source
        if found.get("id") in at:
            at[found["id"]] = path
    few = dir / "few"
    few.mkdir()
    for rule, path in at.items():
        assert path, f"no public rule {rule}"
        shutil.copy(path, few / f"{rule}.yml")
    files = dir / "files"
    files.mkdir()
    for n, (source, rule, hit, miss) in enumerate(ROWS):
        assert logsource[rule] == source.split(" ")[0], (source, rule, logsource[rule])
        for kind, text in (("hit", hit), ("miss", miss)):
            path = files / f"{n:04}-{kind}"
            path.write_text(text + "\n", encoding="utf-8")
            wanted[str(path)] = (source, rule, kind)
    r = subprocess.run([lf.BIN, "detect", "--rules", str(few), *wanted], capture_output=True, text=True, timeout=120)
    assert r.returncode == 0, r.stderr[-2000:]
    got = {}
    for line in r.stdout.splitlines():
        m = json.loads(line)
        got.setdefault(m["file"], set()).add(m["rule"])
    wrong = [f"{source}: {'does not fire' if kind == 'hit' else 'near miss fires'} {rule}"
             for path, (source, rule, kind) in wanted.items() if (rule in got.get(path, ())) != (kind == "hit")]
    assert not wrong, f"{len(wrong)} of {len(wanted)}:\n" + "\n".join(wrong)
    covered = {row[0].split(" ")[0] for row in ROWS}
    bare = {s: n for s, n in counts.items() if s not in covered}
    assert all(n <= 3 for n in bare.values()), bare
    return f"{len(ROWS)} records of {len(covered)} log sources; without: {', '.join(sorted(bare)) or 'none'}"


if __name__ == "__main__":
    lf.done()
