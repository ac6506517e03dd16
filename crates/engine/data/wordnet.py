#!/usr/bin/env python3
"""Makes wordnet.txt: `word synonym …` for the first senses of common nouns.

  wordnet.py DIR > wordnet.txt      DIR holds data.noun, index.noun of WordNet 3.0
                                    (Debian: package wordnet-base, /usr/share/wordnet)
"""
import collections, sys

SENSES = {'noun': 3}
out = collections.defaultdict(dict)
for pos, senses in SENSES.items():
    synset, up = {}, {}
    for line in open(f'{sys.argv[1]}/data.{pos}', encoding='latin-1'):
        if line.startswith(' '): continue
        f = line.split('|')[0].split()
        n = int(f[3], 16)
        synset[f[0]] = [f[4 + 2 * i].lower() for i in range(n)]
        p = 4 + 2 * n
        up[f[0]] = [f[p + 1 + 4 * i + 1] for i in range(int(f[p])) if f[p + 1 + 4 * i] == '@']
    for line in open(f'{sys.argv[1]}/index.{pos}', encoding='latin-1'):
        if line.startswith(' '): continue
        f = line.split()
        word, count = f[0], int(f[2])
        tagged = int(f[5 + int(f[3])])
        if tagged == 0 or not word.isalpha() or len(word) < 3: continue
        for rank, s in enumerate(f[-count:][:senses]):
            near = list(synset[s]) + ([w for u in up[s][:1] for w in synset[u]] if rank == 0 and pos == 'noun' else [])
            for w in near:
                if w != word and w.isalpha() and len(w) > 2: out[word].setdefault(w, rank)
for word in sorted(out):
    print(word, *out[word])
