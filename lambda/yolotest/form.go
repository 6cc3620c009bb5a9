package yolotest

import (
	"bytes"
	"mime/multipart"
	"strings"
)

// Form is a multipart form of files, given by field and contents in turn, and its content
// type.
func Form(pairs ...string) (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.SetBoundary("boundary")
	for i := 0; i < len(pairs); i += 2 {
		part, _ := w.CreateFormFile(pairs[i], "picture.png")
		part.Write([]byte(pairs[i+1]))
	}
	w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// Lines breaks text as MIME does: lines of 76 characters, each with CR and LF.
func Lines(text string) string {
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text + "\r\n"
}
