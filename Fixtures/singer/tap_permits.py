"""A tap of the Singer protocol: building permits per gemeente, made up. Its configuration says what it does."""
import json
import sys
import time


def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def write(message):
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


config = json.load(open(option("--config"), encoding="utf-8"))
since = json.load(open(option("--state"), encoding="utf-8"))["year"] if option("--state") else 0
write({"type": "SCHEMA", "stream": "permits", "key_properties": ["area", "year"], "schema": {"properties": {
    "area": {"type": "string"}, "year": {"type": "integer"}, "permits": {"type": ["null", "integer"]},
    "share": {"type": ["null", "number"]}, "note": {"type": ["null", "string"]}}}})
for number, year in enumerate(range(2019, 2024)):
    if year <= since:
        continue
    for area in config["areas"]:
        # U+2028 and U+0085 end no line of the protocol.
        write({"type": "RECORD", "stream": "permits", "record": {
            "area": area, "year": year, "permits": None if year == 2020 else 10 * number + int(area[-1]),
            "share": number / 4, "note": "first\u2028second\u0085third"}})
    write({"type": "STATE", "value": {"year": year}})
    if year == config.get("fails_after"):
        sys.stderr.write("connecting\nthe server said: 503\n")
        sys.exit(3)
    time.sleep(config.get("seconds", 0))
