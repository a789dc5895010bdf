#!/usr/bin/env python3
"""Writes the table of Big5 as code page 950 has it: big5.py OUT.c

`const unsigned short lf_big5_table[126 * 157]`: for lead bytes 81-FE and trail bytes
40-7E and A1-FE the code point, 0 where none is assigned.  User-defined areas stay 0.
"""
import sys

TRAILS = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]


def point(lead, trail):
    try:
        text = bytes((lead, trail)).decode("cp950")
    except UnicodeDecodeError:
        return 0
    c = ord(text) if len(text) == 1 else 0
    return 0 if 0xE000 <= c <= 0xF8FF or c > 0xFFFF else c


points = [point(lead, trail) for lead in range(0x81, 0xFF) for trail in TRAILS]
with open(sys.argv[1], "w") as out:
    out.write("/* Made by tools/big5.py; do not edit. */\n")
    out.write("extern const unsigned short lf_big5_table[];\n")
    out.write(f"const unsigned short lf_big5_table[{len(points)}] = {{\n")
    for i in range(0, len(points), 16):
        out.write("    " + ",".join(map(str, points[i:i + 16])) + ",\n")
    out.write("};\n")
