"""Makes small.ciff with the protobuf package: make-ciff.py FILE. Needs: pip install protobuf==7.36.2

What is in it is said in CIFFTests.swift as well.
"""

import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.internal.encoder import _VarintBytes

TYPES = descriptor_pb2.FieldDescriptorProto
SHAPES = {
    "Header": [
        ("version", TYPES.TYPE_INT32), ("num_postings_lists", TYPES.TYPE_INT32), ("num_docs", TYPES.TYPE_INT32),
        ("total_postings_lists", TYPES.TYPE_INT32), ("total_docs", TYPES.TYPE_INT32),
        ("total_terms_in_collection", TYPES.TYPE_INT64), ("average_doclength", TYPES.TYPE_DOUBLE),
        ("description", TYPES.TYPE_STRING),
    ],
    "Posting": [("docid", TYPES.TYPE_INT32), ("tf", TYPES.TYPE_INT32)],
    "PostingsList": [
        ("term", TYPES.TYPE_STRING), ("df", TYPES.TYPE_INT64), ("cf", TYPES.TYPE_INT64), ("postings", None),
    ],
    "DocRecord": [("docid", TYPES.TYPE_INT32), ("collection_docid", TYPES.TYPE_STRING), ("doclength", TYPES.TYPE_INT32)],
}

file = descriptor_pb2.FileDescriptorProto(name="ciff.proto", package="ciff", syntax="proto3")
for name, fields in SHAPES.items():
    message = file.message_type.add(name=name)
    for number, (field, kind) in enumerate(fields, 1):
        if kind is None:
            message.field.add(
                name=field, number=number, label=TYPES.LABEL_REPEATED, type=TYPES.TYPE_MESSAGE, type_name=".ciff.Posting")
        else:
            message.field.add(name=field, number=number, label=TYPES.LABEL_OPTIONAL, type=kind)
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Header, Posting, PostingsList, DocRecord = (
    message_factory.GetMessageClass(pool.FindMessageTypeByName("ciff." + name)) for name in SHAPES
)

DOCUMENTS = ["d-α", "d2", "empty", "d-4"]
LISTS = {"##ing": {0: 255, 1: 1, 3: 128}, "one": {1: 300}, "é": {0: 7, 3: 16_777_216}}
lengths = [sum(postings.get(number, 0) for postings in LISTS.values()) for number in range(len(DOCUMENTS))]

with open(sys.argv[1], "wb") as output:

    def write(message):
        data = message.SerializeToString(deterministic=True)
        output.write(_VarintBytes(len(data)) + data)

    write(Header(
        version=1, num_postings_lists=len(LISTS), num_docs=len(DOCUMENTS), total_postings_lists=len(LISTS),
        total_docs=len(DOCUMENTS), total_terms_in_collection=sum(lengths),
        average_doclength=sum(lengths) / len(DOCUMENTS), description="four documents"))
    for term, postings in LISTS.items():
        last, gaps = 0, []
        for document, impact in postings.items():
            gaps.append(Posting(docid=document - last, tf=impact))
            last = document
        write(PostingsList(term=term, df=len(postings), cf=sum(postings.values()), postings=gaps))
    for number, name in enumerate(DOCUMENTS):
        write(DocRecord(docid=number, collection_docid=name, doclength=lengths[number]))
