package handler

import (
	"strings"

	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
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
	format := annotate.JPEG
	if strings.Contains(r.accept, "image/png") {
		format = annotate.PNG
	}
	var err error
	r.contentType = "image/" + string(format)
	r.file, err = annotate.Encode(annotate.Draw(s.picture.Image, dialect.Native(s.model.Model, s.result, api.Polygon)), format)
	return err
}

func (r *drawing) encode() ([]byte, string, error) { return r.file, r.contentType, nil }
