package main

import (
	"cmp"
	"errors"
	"os"

	"github.com/yolambda/yolambda/lambda/api"
)

// optionFlags are what a request asks besides the picture. They are strings, so
// that package api alone knows what is allowed.
type optionFlags struct {
	Conf        string `placeholder:"F" help:"Least confidence of a detection, 0 to 1."`
	IoU         string `name:"iou" placeholder:"F" help:"Overlap above which the weaker of two boxes is dropped, 0 to 1."`
	ImgSz       string `name:"imgsz" placeholder:"N" help:"Longer side of the model's input in pixels."`
	MaxDet      string `placeholder:"N" help:"Greatest number of detections."`
	Classes     string `placeholder:"A,B" help:"Keep these classes only, by name or id."`
	AgnosticNMS bool   `name:"agnostic-nms" help:"Let boxes of different classes suppress each other."`
	Letterbox   string `placeholder:"corner|center" help:"Where the picture lies in the model's input."`
	Rect        string `placeholder:"true|false" help:"False pads the input of a model of dynamic size to a square."`
	Tile        string `placeholder:"N" help:"Look at overlapping tiles of N x N pixels too, for small things in large pictures."`
	TileOverlap string `placeholder:"F" help:"Fraction of a tile that its neighbour shares, 0 to 0.9."`
	ModelName   string `placeholder:"NAME" help:"Which of the function's models to ask ($$YOLAMBDA_MODEL_NAME)."`
	Mask        string `placeholder:"polygon|rle|png" help:"Form of masks; png, of a semantic or depth model, is the map, which -o needs to draw depth."`
}

// options reads the flags.
func (f optionFlags) options() (api.Options, error) {
	opts := api.Options{AgnosticNMS: f.AgnosticNMS}
	if f.ModelName == "" {
		saved, err := readSettings()
		if err != nil {
			return opts, err
		}
		f.ModelName = cmp.Or(os.Getenv("YOLAMBDA_MODEL_NAME"), saved.ModelName)
	}
	for _, flag := range []struct{ name, value string }{
		{"conf", f.Conf},
		{"iou", f.IoU},
		{"imgsz", f.ImgSz},
		{"max_det", f.MaxDet},
		{"classes", f.Classes},
		{"letterbox", f.Letterbox},
		{"rect", f.Rect},
		{"tile", f.Tile},
		{"tile_overlap", f.TileOverlap},
		{"model", f.ModelName},
		{"mask", f.Mask},
	} {
		if flag.value == "" {
			continue
		}
		if err := opts.Set(flag.name, flag.value); err != nil {
			var refusal *api.Error
			if errors.As(err, &refusal) {
				return opts, usagef("%s", refusal.Message)
			}
			return opts, err
		}
	}
	return opts, nil
}
