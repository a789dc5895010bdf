#!/usr/bin/env python3
"""attack.py BUNDLE: ATT&CK's techniques as the table the program carries
(attack/techniques.tsv): id, tactics, name, a line each; run when MITRE
publishes another version."""
import json
import sys

bundle = json.load(open(sys.argv[1]))
print("# MITRE ATT&CK Enterprise: techniques and sub-techniques that are neither revoked nor deprecated.")
print("# © The MITRE Corporation. Reproduced and distributed with the permission of The MITRE Corporation.")
rows = []
for o in bundle["objects"]:
    if o["type"] != "attack-pattern" or o.get("revoked") or o.get("x_mitre_deprecated"):
        continue
    ids = [r["external_id"] for r in o["external_references"] if r["source_name"] == "mitre-attack"]
    tactics = [k["phase_name"] for k in o.get("kill_chain_phases", []) if k["kill_chain_name"] == "mitre-attack"]
    rows.append((ids[0], " ".join(tactics), o["name"]))
for row in sorted(rows):
    print("\t".join(row))
