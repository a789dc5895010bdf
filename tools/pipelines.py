#!/usr/bin/env python3
"""Embeds the delivered pipelines in the program: pipelines.py DIR OUT.c

A table of all DIR/*.yml, in the order of their names (src/engine/pipeline_priv.h).
Looked at in every build; what did not change is not written again.
"""
import pathlib
import sys

files = sorted(pathlib.Path(sys.argv[1]).glob("*.yml"))
out = ["/* Made by tools/pipelines.py; do not edit. */\n", '#include "engine/pipeline_priv.h"\n\n']
for i, path in enumerate(files):
    data = path.read_bytes()
    out.append(f"static const char file_{i}[] = {{\n")
    signed = [b - 256 if b > 127 else b for b in data] + [0]
    for at in range(0, len(signed), 24):
        out.append("    " + ",".join(map(str, signed[at:at + 24])) + ",\n")
    out.append("};\n")
out.append("\nconst struct lf_embedded lf_pipeline_files[] = {\n")
for i, path in enumerate(files):
    out.append(f'    {{ "{path.name}", file_{i}, {path.stat().st_size} }},\n')
out.append(f"}};\nconst size_t lf_pipeline_files_count = {len(files)};\n")
text = "".join(out)
target = pathlib.Path(sys.argv[2])
if not target.exists() or target.read_text() != text:
    target.write_text(text)
