"""Reading Thrift's compact protocol from hostile bytes: bounded, complete, and in Python.

* Parquet's own library ends the whole process on some malformed footers (an exception where none is
  expected), so what it is given has been read here before.
* Every value read moves forward; nesting, number of values and lengths are bounded before memory is taken.
* Values keep their field numbers: what they mean is for the caller to say.

Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

MAX_DEPTH = 12

_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(13)
_VARINTS = frozenset({_I16, _I32, _I64})
_BOOLEANS = frozenset({_TRUE, _FALSE})
_OCTETS = _BOOLEANS | {_BYTE}
_LISTS = frozenset({_LIST, _SET})
_DOUBLE_BYTES = 8
_VARINT_MAX_BYTES = 10
_LONG_SIZE = 15
_MORE = 0x80

Value = bool | int | bytes | list["Value"] | dict[int, "Value"]
Struct = dict[int, Value]


class UnreadableThriftError(ValueError):
    """The bytes are not a struct in the compact protocol, or more than the reader takes."""


class Reader:
    """Reads structs from `content`, from `position` on; at most `max_values` values in all."""

    def __init__(self, content: memoryview, position: int = 0, *, max_values: int) -> None:
        self._content = content
        self._values_left = max_values
        self.position = position

    def struct(self, depth: int = 0) -> Struct:
        """Return the struct at `position` by field number, and leave `position` behind it.

        Raises:
            UnreadableThriftError: it is none, or too deep, or holds too many values.
        """
        if depth > MAX_DEPTH:
            raise UnreadableThriftError("nested too deeply")
        fields: Struct = {}
        number = 0
        while (head := self._byte()) & 0x0F != _STOP:
            number = number + (head >> 4) if head >> 4 else self._signed()
            if number in fields:
                raise UnreadableThriftError(f"field {number} appears twice")
            kind = head & 0x0F
            # in a field, a boolean is its kind; in a list it is a byte
            fields[number] = kind == _TRUE if kind in _BOOLEANS else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Value:
        self._values_left -= 1
        if self._values_left < 0:
            raise UnreadableThriftError("too many values")
        if kind in _VARINTS:
            return self._signed()
        if kind in _OCTETS:
            return self._byte()
        if kind == _DOUBLE:
            return self._bytes(_DOUBLE_BYTES)
        if kind == _BINARY:
            return self._bytes(self._unsigned())
        if kind in _LISTS:
            return self._list(depth + 1)
        if kind == _STRUCT:
            return self.struct(depth + 1)
        # maps do not occur in a Parquet footer or page header
        raise UnreadableThriftError(f"a value of kind {kind}")

    def _list(self, depth: int) -> list[Value]:
        if depth > MAX_DEPTH:
            raise UnreadableThriftError("nested too deeply")
        head = self._byte()
        size = self._unsigned() if head >> 4 == _LONG_SIZE else head >> 4
        if size > self._values_left:
            raise UnreadableThriftError("too many values")
        return [self._value(head & 0x0F, depth) for _ in range(size)]

    def _byte(self) -> int:
        try:
            octet = self._content[self.position]
        except IndexError:
            raise UnreadableThriftError("cut off") from None
        self.position += 1
        return octet

    def _bytes(self, count: int) -> bytes:
        if count > len(self._content) - self.position:
            raise UnreadableThriftError("cut off")
        self.position += count
        return bytes(self._content[self.position - count : self.position])

    def _unsigned(self) -> int:
        octet = self._byte()
        if octet < _MORE:  # as most of them
            return octet
        value = octet - _MORE
        for shift in range(7, 7 * _VARINT_MAX_BYTES, 7):
            octet = self._byte()
            value |= (octet & 0x7F) << shift
            if octet < _MORE:
                return value
        raise UnreadableThriftError("a number does not end")

    def _signed(self) -> int:
        zigzag = self._unsigned()
        return (zigzag >> 1) ^ -(zigzag & 1)
