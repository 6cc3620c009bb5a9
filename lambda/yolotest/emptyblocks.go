package yolotest

import (
	"bytes"
	"slices"
)

// fourEmpty are four blocks of deflate with codes of their own, in 45 bytes, that hold
// nothing but their ends.
const fourEmpty = "\x04\xc0\x81\x00\x00\x00\x00\x00\x90\xff\x6b\x10\x00\x07\x02\x00\x00\x00\x00\x40\xfe\xaf\x41\x00" +
	"\x1c\x08\x00\x00\x00\x00\x00\xf9\xbf\x06\x01\x70\x20\x00\x00\x00\x00\x00\xe4\xff\x1a"

// EmptyBlocks puts n blocks that hold nothing, four of them in 45 bytes, before those of
// a zlib stream.
func EmptyBlocks(zlib []byte, n int) []byte {
	const header = 2
	return slices.Concat(zlib[:header], bytes.Repeat([]byte(fourEmpty), n/4), zlib[header:])
}
