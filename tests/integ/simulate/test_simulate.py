"""The simulation as promises: seeds replay, broken promises are found, bad input is refused."""
import os
import subprocess
import sys

LF = os.environ.get("LF_BIN", "build/lianfang")
failed = 0


def run(*args, timeout=120):
    return subprocess.run([LF, "simulate", *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=timeout)


def promise(name, ok, detail=""):
    global failed
    print(f"{'ok' if ok else 'not ok'} - {name}")
    if not ok:
        failed += 1
        print("".join(f"# {line}\n" for line in str(detail).splitlines()[-20:]), end="")
    sys.stdout.flush()


def main():
    same = ["--seed", "11", "--seeds", "3", "--nodes", "5", "--days", "0.1"]
    first, again, alone = run(*same), run(*same), run(*same, "--jobs", "1")
    promise("a federation keeps its promises", first.returncode == 0, first.stdout + first.stderr)
    promise("the same seed is the same run to the byte", first.stdout == again.stdout,
            first.stdout + again.stdout)
    promise("however many run beside it", first.stdout == alone.stdout, first.stdout + alone.stdout)
    states = [line.rsplit(" ", 1)[-1] for line in first.stdout.splitlines() if "state" in line]
    promise("another seed is another run", len(states) == 3 and len(set(states)) == 3, first.stdout)

    cut = run("--seed", "1", "--seeds", "4", "--nodes", "4", "--days", "1", "--cut")
    promise("a day's cut with writing and deaths on both sides leaves the same on both, nothing twice",
            cut.returncode == 0, cut.stdout + cut.stderr)

    for seed in range(1, 9):
        r = run("--seed", str(seed), "--nodes", "3", "--days", "0.1", "--forgetful")
        if r.returncode:
            break
    promise("a disk that forgets what was acknowledged is found out",
            r.returncode == 1 and "broken:" in r.stdout and "replay: lianfang simulate --seed" in r.stdout,
            r.stdout + r.stderr)
    promise("a broken seed breaks the same way again",
            run("--seed", str(seed), "--nodes", "3", "--days", "0.1", "--forgetful").stdout == r.stdout, r.stdout)

    three = ["--tiers", "--seed", "20", "--seeds", "3"]
    first, again = run(*three), run(*three, "--jobs", "1")
    promise("three tiers, cut or killed at every step, end as without faults, and every clock is explained",
            first.returncode == 0 and first.stdout.count("three tiers") == 3, first.stdout + first.stderr)
    promise("the same seed of them is the same run to the byte", first.stdout == again.stdout, first.stdout + again.stdout)
    forgot = run("--tiers", "--seed", "1", "--seeds", "4", "--forgetful")
    promise("three tiers on disks that forget are found out",
            forgot.returncode == 1 and "replay: lianfang simulate --tiers --seed" in forgot.stdout, forgot.stdout + forgot.stderr)

    tap = run("--seed", "1", "--nodes", "1", "--days", "0.02", "--tap")
    promise("results come as test lines on request", tap.stdout.startswith("1..1\nok - seed 1: "), tap.stdout)
    for name, args in {"without a seed": ["--nodes", "3"], "no nodes": ["--seed", "1", "--nodes", "0"],
                       "too many nodes": ["--seed", "1", "--nodes", "65"], "a word for days":
                       ["--seed", "1", "--days", "long"], "three tiers of another size":
                       ["--tiers", "--seed", "1", "--nodes", "4"], "an unknown word": ["--seed", "1", "--fast"]}.items():
        r = run(*args)
        promise(f"refused with a sentence: {name}", r.returncode == 2 and len(r.stderr.splitlines()) == 1, r)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
