#!/usr/bin/env python3
"""Embeds files in the program: embed.py OUT.c NAME=FILE…

Each becomes `const char NAME[]` (with a NUL after it) and `const size_t NAME_len`.
"""
import pathlib
import sys

with open(sys.argv[1], "w") as out:
    out.write("/* Made by tools/embed.py; do not edit. */\n#include <stddef.h>\n\n")
    for arg in sys.argv[2:]:
        name, _, path = arg.partition("=")
        data = pathlib.Path(path).read_bytes()
        out.write(f"extern const char {name}[];\nextern const size_t {name}_len;\nconst char {name}[] = {{\n")
        signed = [b - 256 if b > 127 else b for b in data] + [0]
        for i in range(0, len(signed), 24):
            out.write("    " + ",".join(map(str, signed[i:i + 24])) + ",\n")
        out.write(f"}};\nconst size_t {name}_len = {len(data)};\n\n")
