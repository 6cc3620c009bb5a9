package handler

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// drawing is the picture with what is seen drawn into it: a JPEG, or a PNG where the
// caller accepts that by name.
type drawing struct {
	noErrors
	accept      string
	file        []byte
	contentType string
}

func (r *drawing) add(s sight) error {
	format, file := annotate.JPEG, drawnFile{wayOut: "send a smaller picture"}
	if strings.Contains(r.accept, "image/png") {
		format, file.wayOut = annotate.PNG, "ask for a JPEG (Accept: image/jpeg), or send a smaller picture"
	}
	r.contentType = "image/" + string(format)
	seen, err := dialect.Native(s.model.Model, s.result, mapForm(s.model), 0) // it is drawn, not sent
	if err != nil {
		return err
	}
	err = annotate.EncodeTo(&file, annotate.Draw(s.picture.Image, seen), format)
	r.file = file.written.Bytes()
	return err
}

// drawnFile takes no more than fits into a reply, where it is base64: a PNG of a large
// picture would take seconds to be refused in the end.
type drawnFile struct {
	written bytes.Buffer
	wayOut  string // of one that is too large
}

func (f *drawnFile) Write(part []byte) (int, error) {
	if err := checkSize(base64.StdEncoding.EncodedLen(f.written.Len()+len(part)), f.wayOut); err != nil {
		return 0, err
	}
	return f.written.Write(part)
}

// mapForm is the form in which a drawing needs what was seen.
func mapForm(m served) api.MaskForm {
	if m.Task == yolo.Semantic || m.Task == yolo.Depth {
		return api.PNG
	}
	return api.Polygon
}

func (r *drawing) encode() ([]byte, string, error) { return r.file, r.contentType, nil }
