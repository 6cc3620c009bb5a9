package picture

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"
)

// mistake is what people send in place of a picture, or what was done to the picture on
// its way, and how to mend it.
type mistake struct {
	looksSo func(data []byte) bool
	what    string
	help    string
}

const (
	readAsBytes = "read the file as bytes, not as text: arrayBuffer() in JavaScript, open(path, 'rb') in Python"
	dataBinary  = "with curl use --data-binary @picture.jpg"
)

// mistakes are tried in their order.
var mistakes = []mistake{
	{replaced, "bytes that were read as text, with EF BF BD in place of those that no text has", readAsBytes},
	{starts("\xc3\xbf\xc3\x98", "\xc2\x89PNG"), "bytes that were read as text in Latin-1 and written in UTF-8", readAsBytes},
	{stripped, "bytes without any zero or end of line, as curl -d sends a file", dataBinary},
	{starts("\x1f\x8b"), "gzip data", "send the picture itself, uncompressed"},
	{starts("\x28\xb5\x2f\xfd"), "Zstandard data", "send the picture itself, uncompressed"},
	{starts("PK\x03\x04"), "a ZIP archive", "send a picture of it"},
	{starts("\xff\xfe", "\xfe\xff"), "text in UTF-16", "send a picture's bytes, or JSON in UTF-8; PowerShell's > writes UTF-16"},
	{starts("\xef\xbb\xbf"), "text with a byte order mark", "send a picture's bytes without one"},
	{matches(`(?i)^\s*<(!doctype html|html|head|body)`), "an HTML page", "whoever gave it asks for a login, or has no such picture"},
	{matches(`^\s*<\?xml`), "an XML document", "of an SVG send a picture of its pixels"},
	{matches(`(?is)^(\r\n)?--.*content-disposition: *form-data`), "a multipart form", "send it with the Content-Type that names its boundary, as curl -F does by itself"},
	{matches(`^(file|images?)=`), "a URL-encoded form", "send a multipart form, curl -F file=@picture.jpg, or the picture's bytes, curl --data-binary @picture.jpg"},
	{matches(`^@[^\n]+$`), "the name of a file", dataBinary},
	{matches(`^\s*["\[]`), "JSON", `send an object, {"image": base64}`},
	{matches(`^(data:[^,]*,)?[A-Za-z0-9+/_\-\r\n]{40,}=*\s*$`), "base64 text", "it was encoded twice, or put into a form, which takes the bytes"},
	{matches(`^\s*\{`), "JSON", "it may be the error of whoever gave it"},
	{isText, "text", "send the bytes of a picture's file"},
}

// head is as much of a file as tells what it is.
func head(data []byte) []byte { return data[:min(len(data), 1024)] }

func starts(magics ...string) func([]byte) bool {
	return func(data []byte) bool {
		return slices.ContainsFunc(magics, func(magic string) bool { return startsWith(data, magic) })
	}
}

func matches(pattern string) func([]byte) bool {
	// Not at the start of the process, which somebody waits for.
	re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
	return func(data []byte) bool { return re().Match(head(data)) }
}

// replaced reports whether the data starts as text does, with U+FFFD in it: what decoders
// of text put in place of bytes that are none. One near the start is enough, since the
// first bytes of pictures are such.
func replaced(data []byte) bool {
	return bytes.Contains(head(data), []byte("\uFFFD")) && validUTF8(head(data))
}

// validUTF8 tolerates a character that is cut off at the end.
func validUTF8(data []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(data); cut++ {
		if utf8.Valid(data[:len(data)-cut]) {
			return true
		}
	}
	return false
}

// stripped reports whether the start is that of a picture's file and none of the bytes is
// one that curl -d leaves out. Every format has zeros in its header.
func stripped(data []byte) bool {
	return starts("\xff\xd8\xff", "\x89PNG\x1a", "RIFF", "GIF8", "BM", "II*", "MM*")(data) &&
		!isText(data) && !bytes.ContainsAny(data, "\x00\r\n")
}

// isText reports whether the data starts with characters, blanks and ends of lines alone.
func isText(data []byte) bool {
	unfit := func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' || r == 0x7f }
	return validUTF8(head(data)) && !bytes.ContainsFunc(head(data), unfit)
}

// unknown is the error of data that is not a picture of any format: it says what it seems
// to be.
func unknown(data []byte) *Error {
	const formats = "send JPEG, PNG, WebP, GIF, BMP or TIFF"
	for _, m := range mistakes {
		if m.looksSo(data) {
			return &Error{Kind: Unsupported, Message: fmt.Sprintf("this is %s, not a picture: %s (%s)", m.what, formats, m.help)}
		}
	}
	return &Error{Kind: Unsupported, Message: "this is not a picture in a format we know: " + formats}
}

// explain adds to the error of a picture that can't be read what was done to its bytes on
// the way, where these show it.
func explain(err error, data []byte) error {
	pic, ok := errors.AsType[*Error](err)
	if !ok || pic.Kind != Broken {
		return err
	}
	for _, m := range mistakes {
		if m.looksSo(data) {
			return &Error{Kind: Broken, Message: fmt.Sprintf("%s: it is made of %s (%s)", pic.Message, m.what, m.help), Err: pic.Err}
		}
	}
	return err
}
