#!/usr/bin/env python3
"""Fits the weights of the confidence.

  confidence.py P.jsonl V.jsonl > confidence.txt
     P: predictions of `eval --features`; V: verdicts of exec_eval.py --out, on the tuning databases
"""
import json, math, sys

rows = {r['id']: r for r in map(json.loads, open(sys.argv[1])) if r.get('features')}
data = [(rows[v['id']]['features'], v['verdict'] == 'correct') for v in map(json.loads, open(sys.argv[2])) if v['id'] in rows]
names = list(data[0][0])
w, b = {n: 0.0 for n in names}, 0.0
for step in range(3000):
    gw, gb = {n: 0.0 for n in names}, 0.0
    for f, y in data:
        e = 1 / (1 + math.exp(-(b + sum(w[n] * f[n] for n in names)))) - y
        gb += e
        for n in names: gw[n] += e * f[n]
    rate = 0.5 / len(data)
    b -= rate * gb
    for n in names: w[n] -= rate * (gw[n] + 0.002 * len(data) * w[n])
print(f'constant {b:.4f}')
for n in names: print(f'{n} {w[n]:.4f}')
