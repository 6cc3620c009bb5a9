// Package protobuf goes through the fields of a protocol buffer's message as they lie in
// memory, without a schema.
package protobuf

import (
	"iter"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field is one field of a message.
type Field struct {
	Number protowire.Number
	Whole  []byte // with its tag
	Bytes  []byte // of a field of bytes
	Varint uint64 // of a number
}

// Fields are those of a message. Where it is broken they end, with an error and no field.
func Fields(message []byte) iter.Seq2[Field, error] {
	return func(yield func(Field, error) bool) {
		for rest := message; len(rest) > 0; {
			number, kind, tag := protowire.ConsumeTag(rest)
			if tag < 0 {
				yield(Field{}, protowire.ParseError(tag))
				return
			}
			f, n := Field{Number: number}, 0
			switch kind {
			case protowire.BytesType:
				f.Bytes, n = protowire.ConsumeBytes(rest[tag:])
			case protowire.VarintType:
				f.Varint, n = protowire.ConsumeVarint(rest[tag:])
			default:
				n = protowire.ConsumeFieldValue(number, kind, rest[tag:])
			}
			if n < 0 {
				yield(Field{}, protowire.ParseError(n))
				return
			}
			f.Whole, rest = rest[:tag+n], rest[tag+n:]
			if !yield(f, nil) {
				return
			}
		}
	}
}

// First is the first field of a message that has the number, or empty.
func First(message []byte, number protowire.Number) Field {
	for f := range Fields(message) {
		if f.Number == number {
			return f
		}
	}
	return Field{}
}
