package api

import (
	"encoding/json"
	"strings"
)

// Picture is one that a request gives: the bytes of its file or its address, and never
// both.
type Picture struct {
	// Data are the bytes of a file of any supported format.
	Data []byte
	// URI is an address, s3://bucket/key, where the function is deployed to read there.
	URI string
}

// NewPicture tells an address from a file's bytes, as the function does with the body
// of a request: no picture's file starts like an address.
func NewPicture(data []byte) Picture {
	if IsURI(string(data[:min(len(data), maxScheme)])) {
		return Picture{URI: string(data)}
	}
	return Picture{Data: data}
}

// MarshalJSON writes the picture as a request has it: its address as it is, its bytes
// as base64.
func (p Picture) MarshalJSON() ([]byte, error) {
	if p.URI != "" {
		return json.Marshal(p.URI)
	}
	return json.Marshal(p.Data)
}

// maxScheme is more bytes than the start of any address has: its scheme and "://".
const maxScheme = 32

// IsURI reports whether text is an address, such as s3://bucket/key: whether it starts
// with a scheme of RFC 3986 and "://". Neither base64 nor a picture's bytes do.
func IsURI(text string) bool {
	scheme, _, ok := strings.Cut(text[:min(len(text), maxScheme)], "://")
	if !ok || scheme == "" {
		return false
	}
	for i, c := range []byte(scheme) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+.-", rune(c))) {
			return false
		}
	}
	return true
}
