"""A de-identification script as people write it with pydicom: IN OUT ATTRIBUTE..."""

import os
import sys

import pydicom
from pydicom.uid import generate_uid

UIDS = ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"]


def blank_person_names(dataset, element):
    if element.VR == "PN":
        element.value = ""


source, target, *attributes = sys.argv[1:]
for folder, _, names in os.walk(source):
    made = os.path.join(target, os.path.relpath(folder, source))
    os.makedirs(made, exist_ok=True)
    for name in names:
        dataset = pydicom.dcmread(os.path.join(folder, name))
        for attribute in attributes:
            if attribute in dataset:
                dataset.data_element(attribute).value = ""
        dataset.walk(blank_person_names)
        dataset.remove_private_tags()
        for keyword in UIDS:
            if keyword in dataset:
                old = dataset.data_element(keyword)
                old.value = generate_uid(entropy_srcs=[old.value])
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.PatientIdentityRemoved = "YES"
        dataset.save_as(os.path.join(made, name))
