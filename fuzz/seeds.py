"""Writes each statement of the guard's cases as one seed of the fuzz target of its database."""
import hashlib
import pathlib

HERE = pathlib.Path(__file__).parent
for dialect, target in [("postgres", "postgres"), ("mysql", "mariadb"), ("sqlite", "sqlite")]:
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for line in (HERE / f"../crates/guard/tests/cases/{dialect}.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            sql = line.split(" | ", 1)[1].encode()
            (folder / hashlib.sha1(sql).hexdigest()[:16]).write_bytes(sql)
