package handler

import (
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
	format := annotate.JPEG
	if strings.Contains(r.accept, "image/png") {
		format = annotate.PNG
	}
	var err error
	r.contentType = "image/" + string(format)
	r.file, err = annotate.Encode(annotate.Draw(s.picture.Image, dialect.Native(s.model.Model, s.result, mapForm(s.model))), format)
	return err
}

// mapForm is the form in which a drawing needs what was seen.
func mapForm(m served) api.MaskForm {
	if m.Task == yolo.Semantic || m.Task == yolo.Depth {
		return api.PNG
	}
	return api.Polygon
}

func (r *drawing) encode() ([]byte, string, error) { return r.file, r.contentType, nil }
