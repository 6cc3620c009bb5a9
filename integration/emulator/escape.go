package emulator

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// appendEscaped appends text as it stands in a string of JSON, byte for byte as encoding/json
// writes it without HTML's escapes. A picture in base64 has nothing to escape: such stretches
// are found eight bytes at a time and copied whole.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	for {
		n := plain(text)
		dst, text = append(dst, text[:n]...), text[n:]
		if len(text) == 0 {
			return dst
		}
		c, size := rune(text[0]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(text)
		}
		switch {
		case c == '"', c == '\\':
			dst = append(dst, '\\', byte(c))
		case c == '\b':
			dst = append(dst, `\b`...)
		case c == '\f':
			dst = append(dst, `\f`...)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c == utf8.RuneError && size == 1: // not UTF-8
			dst = append(dst, `\ufffd`...)
		case c == '\u2028', c == '\u2029': // ends a line in JavaScript
			dst = append(dst, '\\', 'u', '2', '0', '2', hex[c&15])
		default:
			dst = append(dst, text[:size]...)
		}
		text = text[size:]
	}
}

// plain is how many bytes at the start stay as they are, of whole eights: ASCII from the
// space on, but for the quote and the backslash.
func plain(text []byte) int {
	const each = 0x0101010101010101 // a byte in each of the eight
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		// The highest bit of each byte is set that is not ASCII, or from which so much can't be
		// subtracted. What is borrowed spoils only bytes behind the first of them.
		w := binary.LittleEndian.Uint64(text[n:])
		odd := (w | (w - each*' ') | (w ^ each*'"' - each) | (w ^ each*'\\' - each)) & (each * 0x80)
		if odd != 0 {
			return n + bits.TrailingZeros64(odd)/8
		}
	}
	return n
}
