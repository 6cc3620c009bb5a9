package payload

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// dataURLMark ends the start of a data URL; base64 follows.
const dataURLMark = ";base64,"

// minEncoded is more base64 than any word has that somebody may send to try things out;
// the smallest picture has as much.
const minEncoded = 40

// encodedBody gives the bytes of a body that is not a picture's but its base64 or data
// URL. No picture's file has such characters alone.
func encodedBody(body []byte, l *lift) ([]byte, bool) {
	start := body[:min(len(body), minEncoded)]
	if len(start) < minEncoded || !bytes.HasPrefix(start, []byte("data:")) && bytes.ContainsFunc(start, notEncoded) {
		return nil, false
	}
	data, err := decodeBase64(string(body), l)
	return data, err == nil && len(data) > 0
}

// notEncoded reports whether base64 of either alphabet has no such character, nor lines.
func notEncoded(r rune) bool {
	letter := 'a' <= r|0x20 && r|0x20 <= 'z'
	return !letter && !strings.ContainsRune("0123456789+/-_=\r\n", r)
}

// decodeBase64 reads the alphabets and paddings that encoders write, line breaks
// included, and the data URLs of browsers.
func decodeBase64(text string, l *lift) ([]byte, error) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "data:"); ok {
		if _, encoded, ok := strings.Cut(rest, dataURLMark); ok {
			text = encoded
		}
	}
	if data, ok := l.take(text); ok {
		return data, nil
	}
	text = strings.TrimRight(text, "=\r\n")
	if strings.ContainsAny(text, "-_") {
		return base64.RawURLEncoding.DecodeString(text)
	}
	return base64.RawStdEncoding.DecodeString(text)
}
