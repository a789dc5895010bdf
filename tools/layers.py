#!/usr/bin/env python3
"""Fails when a source file includes a room that src/LAYERS does not allow it."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent / "src"
allowed, order = {}, []
for n, line in enumerate((root / "LAYERS").read_text().splitlines(), 1):
    line = line.split("#")[0].strip()
    if not line:
        continue
    room, _, rest = line.partition(":")
    below = rest.split()
    if below == ["*"]:
        below = list(order)
    for b in below:
        if b not in order:
            sys.exit(f"src/LAYERS:{n}: {room} may include {b}, which is not above it in the list")
    allowed[room] = set(below) | {room}
    order.append(room)

bad = 0
for path in sorted(root.rglob("*.[ch]")):
    room = path.relative_to(root).parts[0]
    if room not in allowed:
        print(f"{path}: room {room} is not in src/LAYERS")
        bad += 1
        continue
    for n, line in enumerate(path.read_text().splitlines(), 1):
        m = re.match(r'\s*#\s*include\s+"([^"/]+)/([^"]+)"', line)
        if not m:
            continue
        target, name = m.groups()
        if target not in allowed[room]:
            print(f"{path}:{n}: {room} may not include {target} (src/LAYERS)")
            bad += 1
        elif target != room and name.endswith("_priv.h"):
            print(f"{path}:{n}: {name} is private to {target}")
            bad += 1
sys.exit(1 if bad else 0)
