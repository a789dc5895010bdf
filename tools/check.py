#!/usr/bin/env python3
"""Every check of the project, cheapest first; ends with the line
    N passed, N failed, N skipped
which counts every test of every kind.  `tools/check.py NAME…` runs only those stages.

After the build, what waits for servers and clocks runs in one lane and what only computes in
another, behind it in the queue for a core (nice 19), so that no core is idle and nobody who waits
is kept waiting; fuzzing, which a clock may cut short, comes when both are done.  Results are told
in the order of the stages whatever ended first.

Programs speak TAP ("ok - promise", "not ok - promise", "ok - promise # SKIP why");
a stage that is one yes-or-no question counts as one test."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

root = pathlib.Path(__file__).resolve().parent.parent
os.chdir(root)
stages = []
# One build for tests, fuzzers and clang-tidy: what fuzzing adds to the objects slows the tests less than a build of its own takes.
# Of debugging it has the lines that a finding names: the rest takes a tenth of the build.
sanitized = ("-Dbuildtype=plain", "-Doptimization=2", "-Ddebug=false", "-Dc_args=-gline-tables-only", "-Db_sanitize=address,undefined", "-Db_lundef=false", "-Dwerror=true", "-Dfuzz=true")
jobs = str(os.cpu_count() or 2)
env = dict(os.environ, LF_SHARED=os.environ.get("LF_SHARED", str(root.parent / "shared")),
           # Of who allocated eight callers are kept: thirty are a fifth of the work where much is allocated.
           ASAN_OPTIONS="detect_leaks=1:abort_on_error=1:malloc_context_size=8", UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1",
           PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8")


class Stage:
    """One stage, and what it found."""

    def __init__(self, name, fn, lane):
        self.name, self.fn, self.lane = name, fn, lane
        self.passed, self.failed, self.skipped = [], [], []
        self.lines, self.ended = [], False


def stage(lane):
    """Which lane it runs in: "first" and "last" alone, each in its turn; "waits" and "computes" between them."""
    def keep(fn):
        stages.append(Stage(fn.__name__, fn, lane))
        return fn
    return keep


here = threading.local()  # .stage: the one that this thread runs
telling = threading.Lock()
untold = []  # stages that are wanted, in their order


def say(s, *lines, ended=False):
    """At once where no earlier stage has anything to say any more, else when it has not."""
    with telling:
        s.lines += lines
        s.ended |= ended
        while untold:
            for line in untold[0].lines:
                print(line, flush=True)
            untold[0].lines.clear()
            if not untold[0].ended:
                break
            untold.pop(0)


def note(kind, name, detail=""):
    s = here.stage
    {"ok": s.passed, "bad": s.failed, "skip": s.skipped}[kind].append(name)
    if kind == "bad":
        say(s, f"not ok - {name}", *("    " + line for line in detail.strip().splitlines()[-60:]))
    elif kind == "skip":
        say(s, f"skipped - {name}: {detail}")


def run(cmd, timeout=600, **kw):
    try:
        return subprocess.run(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, text=True, errors="replace", env=dict(env, **kw.pop("env", {})), **kw)
    except subprocess.TimeoutExpired as e:
        out = e.stdout.decode(errors="replace") if isinstance(e.stdout, bytes) else e.stdout or ""
        return subprocess.CompletedProcess(cmd, 124, out + f"\ntimed out after {timeout} s", "")


def one(name, cmd, **kw):
    r = run(cmd, **kw)
    note("ok" if r.returncode == 0 else "bad", name, r.stdout)
    return r.returncode == 0


def tap(label, cmd, **kw):
    tap_said(label, run(cmd, **kw))


def tap_said(label, r):
    """What a TAP program said; one that dies or says nothing is a failed test."""
    seen = bad = 0
    for line in r.stdout.splitlines():
        m = re.match(r"(not )?ok\b[ \d]*-? ?(.*)", line)
        if not m:
            continue
        seen += 1
        name = f"{label}: {m.group(2)}"
        skip = re.search(r"# SKIP\s*(.*)", m.group(2), re.I)
        if m.group(1):
            bad += 1
            note("bad", name, r.stdout)
        elif skip:
            note("skip", f"{label}: {m.group(2).split('#')[0].strip()}", skip.group(1))
        else:
            note("ok", name)
    if not seen or (r.returncode != 0 and not bad):
        note("bad", f"{label}: ended with {r.returncode} after {seen} tests", r.stdout)


def configure(directory, cc, *options):
    if not (root / directory / "build.ninja").exists():
        # With lld a program of the sanitized build is linked in a third of the time.
        lld = {"CC_LD": "lld"} if cc == "clang" and shutil.which("ld.lld") else {}
        r = run(["meson", "setup", directory, *options], env={"CC": cc, **lld})
        if r.returncode:
            note("bad", f"{directory} configures", r.stdout)
            return False
    return True


def build(name, directory, cc, *options):
    if configure(directory, cc, *options):
        return one(name, ["ninja", "-C", directory, "-j", jobs], timeout=3600)
    return False


@stage("first")
def format():
    files = [str(p) for d in ("src", "tests") for p in sorted((root / d).rglob("*.[ch]"))]
    one("sources are formatted", ["clang-format", "--dry-run", "-Werror", *files])


@stage("first")
def layers():
    one("includes only point downhill", [sys.executable, "tools/layers.py"])


@stage("first")
def documents():
    if (root / "tools/docs.py").exists():
        tap("docs", [sys.executable, "tools/docs.py"])


@stage("first")
def gcc():
    # No check reads what a debugger would; to write it is a quarter of the build.
    build("builds with gcc, no warning", "build", "gcc", "-Dbuildtype=release", "-Ddebug=false", "-Dwerror=true")


@stage("computes")
def simulation():
    """The federation, and the three tiers with a fault at every step: 60 seeds there are some 25 s of a core."""
    seeds, tiers = os.environ.get("LF_SEEDS", "100"), os.environ.get("LF_TIERS_SEEDS", "60")
    for args in (["--seeds", seeds, "--nodes", "7", "--days", "1"], ["--seeds", tiers, "--tiers"]):
        if (root / "build/lianfang").exists():
            tap("simulation", ["build/lianfang", "simulate", *args, "--seed", "1", "--tap"], timeout=1200)


@stage("computes")
def clang():
    build("builds with clang and sanitizers, no warning", "build-asan", "clang", *sanitized)


@stage("computes")
def tidy():
    """One process a file, the longest files first, so that no core waits at the end."""
    if not configure("build-asan", "clang", *sanitized):
        return
    run(["ninja", "-C", "build-asan", "-j", jobs], timeout=1800)  # headers that the build writes
    known = {(root / "build-asan" / c["file"]).resolve() for c in json.loads((root / "build-asan/compile_commands.json").read_text())}
    files = sorted((p for p in (root / "src").glob("*/*.c") if p in known), key=lambda p: -p.stat().st_size)

    def look(path):
        r = run(["clang-tidy", "-p", "build-asan", "--quiet", "--warnings-as-errors=*", str(path)])
        return r.returncode, [line for line in r.stdout.splitlines() if re.search(r"(error|warning): ", line)] or [r.stdout]

    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        found = [line for rc, lines in pool.map(look, files) if rc for line in lines]
    note("bad" if found else "ok", "clang-tidy finds nothing", "\n".join(sorted(set(found))))


@stage("computes")
def cppcheck():
    one("cppcheck finds nothing", ["cppcheck", "--quiet", "--error-exitcode=1", "-j", jobs, "--std=c11", "-Isrc",
                                   "--enable=warning,portability", "--inline-suppr", "--suppressions-list=tools/cppcheck.txt",
                                   "--max-configs=1", "-D_GNU_SOURCE", "src"], timeout=1800)


def slow_first(things, noun):
    """So that no core waits for a long one at the end."""
    slow = ("stix_live", "pipeline", "correlation", "archive", "normalise", "rules", "stix_pattern", "sigma", "query")
    return sorted(things, key=lambda x: slow.index(noun(x)) if noun(x) in slow else len(slow))


def meson_tests(suite, directory="build-asan"):
    """Each by itself, as many at a time as there are cores; told in their order."""
    r = run(["meson", "introspect", directory, "--tests"])
    tests = [t for t in json.loads(r.stdout) if any(s.split(":")[-1] == suite for s in t["suite"])]

    def look(t):
        return t["name"], run(t["cmd"], timeout=600, env=t["env"] if isinstance(t["env"], dict) else {})

    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        for name, r in pool.map(look, slow_first(tests, lambda t: t["name"].split("/")[-1])):
            tap_said(name, r)


@stage("computes")
def unit():
    meson_tests("unit")


@stage("computes")
def prop():
    meson_tests("prop")


@stage("computes")
def corpus():
    meson_tests("fuzz")


measured = ("load",)  # of integration: what measures how fast the node is has the machine for itself
quiet = threading.Event()  # set when they are done


def python_tests(paths, took):
    """How long each took goes into `took`."""
    for path in paths:
        name, began = str(path.relative_to(root / "tests")), time.monotonic()
        tap(name, [sys.executable, str(path)], timeout=600,
            env={"LF_BIN": str(root / "build/lianfang"), "LF_ROOT": str(root), "LF_BUILD": str(root / "build")})
        took[name] = time.monotonic() - began


@stage("waits")
def integration():
    every = sorted((root / "tests/integ").glob("*/test_*.py"))
    alone = [p for p in every if p.parent.name in measured]
    took = {}
    try:
        python_tests(alone, took)
    finally:
        quiet.set()
    python_tests((p for p in every if p not in alone), took)
    slowest = sorted(took, key=took.get, reverse=True)[:10]
    say(here.stage, "slowest: " + ", ".join(f"{name.removeprefix('integ/')} {took[name]:.0f} s" for name in slowest))


@stage("waits")
def ui():
    if (root / "tests/ui/run.sh").exists():
        tap("ui", ["sh", "tests/ui/run.sh"], timeout=900, env={"LF_BIN": str(root / "build/lianfang")})


@stage("last")
def fuzz():
    """A short run of each fuzz target from its corpus: smoke, not search.

    A fixed number of runs from a fixed seed, so that a green check is green again on a
    faster machine; a slower one stops at a minute, which leaves it the first part of the
    same runs.  LF_FUZZ_SECONDS=60 searches instead: that long each, by chance."""
    if not build("fuzz targets build", "build-asan", "clang", *sanitized):
        return
    seconds = int(os.environ.get("LF_FUZZ_SECONDS", "0"))
    slow = {"archive": 5000, "correlation": 3000, "sigma": 4000, "normalise": 20000, "pipeline": 20000,
            "query": 20000, "stix_live": 5000, "pdf": 500}
    targets = [t for t in sorted((root / "build-asan/tests/fuzz").glob("fuzz_*"))
               if t.is_file() and os.access(t, os.X_OK) and "." not in t.name]

    def look(target):
        # What it learns stays in the build directory; tests/fuzz/corpus is kept by hand.
        noun = target.name[len("fuzz_"):]
        work = root / "build-asan" / ("corpus" if seconds else "corpus-check") / noun
        if not seconds:
            shutil.rmtree(work, ignore_errors=True)  # what the last check learned would change the runs
        work.mkdir(parents=True, exist_ok=True)
        how = [f"-max_total_time={seconds}"] if seconds else ["-seed=1", f"-runs={slow.get(noun, 50000)}", "-max_total_time=60"]
        return target, run([str(target), *how, "-timeout=10", "-rss_limit_mb=1024", f"-artifact_prefix={root}/build-asan/{noun}-",
                            str(work), str(root / "tests/fuzz/corpus" / noun)], timeout=seconds + 300)

    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        for target, r in pool.map(look, slow_first(targets, lambda t: t.name[len("fuzz_"):])):
            blind = not re.search(r"INITED cov: [1-9]", r.stdout)  # without coverage it only guesses
            note("bad" if r.returncode or blind else "ok", f"{target.name} finds nothing", r.stdout)


def perform(s):
    here.stage = s
    began = time.monotonic()
    try:
        s.fn()
    finally:
        say(s, f"{s.name}: {len(s.passed)} passed, {len(s.failed)} failed, {len(s.skipped)} skipped in "
            f"{time.monotonic() - began:.0f} s", ended=True)


def waiting_lane(lane):
    try:
        for s in lane:
            perform(s)
    finally:
        quiet.set()


def computing_lane(lane, beside):
    if beside:  # a thread of Linux has its own place in the queue, and what it starts inherits it
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
    quiet.wait()
    for s in lane:
        perform(s)


def main(wanted):
    chosen = [s for s in stages if not wanted or s.name in wanted]
    lane = {name: [s for s in chosen if s.lane == name] for name in ("first", "waits", "computes", "last")}
    untold.extend(chosen)
    for s in lane["first"]:
        perform(s)
    if not any(s.name == "integration" for s in chosen):
        quiet.set()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = [pool.submit(waiting_lane, lane["waits"]), pool.submit(computing_lane, lane["computes"], lane["waits"])]
        for ended in both:
            ended.result()
    for s in lane["last"]:
        perform(s)
    passed, failed, skipped = ([name for s in chosen for name in getattr(s, kind)] for kind in ("passed", "failed", "skipped"))
    if failed:
        print("\nfailed:")
        for name in failed:
            print("  " + name)
    print(f"{len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed else 0


try:
    code = main(sys.argv[1:])
except KeyboardInterrupt:
    os._exit(130)  # what runs beside has had the signal, too
sys.exit(code)
