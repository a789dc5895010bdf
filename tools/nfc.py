#!/usr/bin/env python3
"""Writes the tables of Unicode's canonical composition (UAX 15) that fmt/nfc.c searches.

    nfc.py OUT.h

Taken from the interpreter's own Unicode data, so that the tables and this system's other
programs agree; the version is in the file."""
import sys
import unicodedata as u

HANGUL = range(0xAC00, 0xAC00 + 11172)


def decomposed(c):
    """The full canonical decomposition of one code point."""
    d = u.decomposition(chr(c))
    if not d or d.startswith("<"):
        return [c]
    out = []
    for part in d.split():
        out += decomposed(int(part, 16))
    return out


chars = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and c not in HANGUL]
ccc = [(c, u.combining(chr(c))) for c in chars if u.combining(chr(c))]
split = [(c, decomposed(c)) for c in chars if decomposed(c) != [c]]
pairs = []
for c in chars:
    d = u.decomposition(chr(c))
    if d and not d.startswith("<") and len(d.split()) == 2:
        a, b = (int(x, 16) for x in d.split())
        # Excluded from composition: what does not come back.
        if u.normalize("NFC", chr(a) + chr(b)) == chr(c):
            pairs.append((a, b, c))
pairs.sort()
flat, index = [], []
for c, d in split:
    index.append((c, len(flat), len(d)))
    flat += d
with open(sys.argv[1], "w") as f:
    f.write(f"/* Made by tools/nfc.py: Unicode {u.unidata_version}. */\n")
    f.write("static const struct { uint32_t c; uint8_t ccc; } nfc_ccc[] = {\n")
    f.writelines(f"{{ {c}, {k} }},\n" for c, k in ccc)
    f.write("};\nstatic const uint32_t nfc_flat[] = {\n")
    f.writelines(f"{c},\n" for c in flat)
    f.write("};\nstatic const struct { uint32_t c; uint16_t at; uint8_t n; } nfc_split[] = {\n")
    f.writelines(f"{{ {c}, {at}, {n} }},\n" for c, at, n in index)
    f.write("};\nstatic const struct { uint32_t a, b, c; } nfc_pair[] = {\n")
    f.writelines(f"{{ {a}, {b}, {c} }},\n" for a, b, c in pairs)
    f.write("};\n")
