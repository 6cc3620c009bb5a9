package yolotest

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Message is a protocol buffer's message of fields, each a number and a value, in the order of
// the arguments: an int or uint64 is a varint, a string or []byte bytes, such as another message.
func Message(fields ...any) (b []byte) {
	for i := 0; i < len(fields); i += 2 {
		number := protowire.Number(fields[i].(int))
		switch v := fields[i+1].(type) {
		case int:
			b = protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), uint64(v))
		case uint64:
			b = protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), v)
		case string:
			b = protowire.AppendString(protowire.AppendTag(b, number, protowire.BytesType), v)
		case []byte:
			b = protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), v)
		default:
			panic(fmt.Sprintf("field %d is a %T", number, v))
		}
	}
	return b
}
