"""Arrow arrays from Python values without pandas, which `pyarrow.array` would import (a third of a second) for any list."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def batch(schema: pa.Schema, rows: Sequence[dict[str, Any]]) -> pa.RecordBatch:
    """A record batch of text and int64 columns."""
    import pyarrow as pa

    arrays = []
    for column in schema:
        values = [row[column.name] for row in rows]
        arrays.append(integers(values) if column.type == pa.int64() else texts(values))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def texts(values: Sequence[str]) -> pa.StringArray:
    """Texts, none of them missing."""
    import pyarrow as pa

    encoded = [value.encode("utf-8", "surrogatepass") for value in values]
    offsets = array("i", accumulate(map(len, encoded), initial=0))
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))


def where(flags: pa.BooleanArray) -> list[int]:
    """The places at which a condition holds, not those at which it is unknown."""
    valid, held = flags.buffers()
    bits = int.from_bytes(held, "little") if len(flags) else 0
    if valid is not None:
        bits &= int.from_bytes(valid, "little")
    bits = bits >> flags.offset & (1 << len(flags)) - 1
    if not bits:
        return []
    data = bits.to_bytes((len(flags) + 7) // 8, "little")
    return [8 * i + k for i, byte in enumerate(data) if byte for k in range(8) if byte >> k & 1]


def integers(values: Sequence[int | None]) -> pa.Int64Array:
    """Whole numbers, some of them missing."""
    import pyarrow as pa

    bits = bytearray((len(values) + 7) // 8)
    for i, value in enumerate(values):
        bits[i // 8] |= (value is not None) << (i % 8)
    numbers = array("q", (value or 0 for value in values))
    return pa.Array.from_buffers(pa.int64(), len(values), [pa.py_buffer(bytes(bits)), pa.py_buffer(numbers)])


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type as which a column is handed on: text for types that engines read differently."""
    import pyarrow as pa

    odd = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_float16, pa.types.is_decimal256)
    return pa.string() if any(test(kind) for test in odd) else kind
