"""Writes the fixtures of the parquet adapter with pyarrow 26.0.1: made-up figures, as another program would save them."""
import datetime
import os

import pyarrow
import pyarrow.parquet

HERE = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(HERE, name)


flat = pyarrow.table(
    {
        "code": pyarrow.array(["GM0141", "GM0153", "GM0164"]),
        "year": pyarrow.array([2022, 2022, 2023], pyarrow.int32()),
        "rate": pyarrow.array([1.5, None, None], pyarrow.float64()),
        "rate_status": pyarrow.array([None, "suppressed", "not_asked"]),
        "share": pyarrow.array([0.25, 0.5, None], pyarrow.float32()),
        "is_city": pyarrow.array([True, False, None]),
        "day": pyarrow.array([datetime.date(2022, 1, 1), None, datetime.date(1969, 12, 31)]),
    },
    schema=pyarrow.schema(
        [
            pyarrow.field("code", pyarrow.string(), nullable=False),
            pyarrow.field("year", pyarrow.int32()),
            pyarrow.field("rate", pyarrow.float64()),
            pyarrow.field("rate_status", pyarrow.string()),
            pyarrow.field("share", pyarrow.float32()),
            pyarrow.field("is_city", pyarrow.bool_()),
            pyarrow.field("day", pyarrow.date32()),
        ]
    ),
)
pyarrow.parquet.write_table(flat, path("valid_flat.parquet"), compression="snappy", row_group_size=2)

nested = pyarrow.table({"code": ["GM0141"], "rates": pyarrow.array([[1.5, 2.5]])})
pyarrow.parquet.write_table(nested, path("invalid_nested.parquet"), compression="none")

with open(path("valid_flat.parquet"), "rb") as f:
    whole = f.read()
with open(path("invalid_cut.parquet"), "wb") as f:
    f.write(whole[:-20])

undecided = pyarrow.table(
    {
        "code": ["GM0141", "GM0153"],
        "a_status": ["suppressed", None],
        "b": pyarrow.array([1.0, None]),
        "b_status": [None, "closed for the winter"],
    }
)
pyarrow.parquet.write_table(undecided, path("undecided_status.parquet"), compression="none")
