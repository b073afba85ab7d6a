"""Reads DICOM files with pydicom: one path a line on standard input, one JSON object a line on output.

{"readable": bool, "warnings": [text], "elements": {path: SHA-256 of the value's bytes as they stand}}
A path is tags and item numbers, "(0040,A730)[0](0008,0104)"; sequences themselves have no entry.
"""

import hashlib
import json
import sys
import warnings

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.sequence import Sequence


def is_sequence(raw):
    if raw.VR == "SQ" or isinstance(raw.value, Sequence):
        return True
    if raw.VR not in (None, "UN"):
        return False
    try:
        return dictionary_VR(raw.tag) == "SQ"
    except KeyError:
        return False


def collect(dataset, prefix, elements):
    for tag in sorted(dataset.keys()):
        raw = dataset.get_item(tag)
        path = f"{prefix}({tag.group:04X},{tag.element:04X})"
        if is_sequence(raw) and dataset[tag].VR == "SQ":
            for number, item in enumerate(dataset[tag].value):
                collect(item, f"{path}[{number}]", elements)
            continue
        value = raw.value if isinstance(raw, RawDataElement) else repr(raw.value).encode()
        value = value if isinstance(value, bytes) else (b"" if value is None else repr(value).encode())
        elements[path] = hashlib.sha256(value).hexdigest()


def read(path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        elements = {}
        try:
            dataset = pydicom.dcmread(path, force=True)
            collect(dataset, "", elements)
            str(dataset)  # decodes every value, text in its character set
            return {"readable": len(elements) > 0, "warnings": [str(w.message) for w in caught], "elements": elements}
        except Exception as error:  # whatever it is: this judge cannot read the file
            return {"readable": False, "warnings": [type(error).__name__], "elements": elements}


for line in sys.stdin:
    print(json.dumps(read(line.rstrip("\n"))), flush=True)
