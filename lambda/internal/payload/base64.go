package payload

import (
	"encoding/base64"
	"strings"
)

// dataURLMark ends the start of a data URL; base64 follows.
const dataURLMark = ";base64,"

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
