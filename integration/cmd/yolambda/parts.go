package main

import (
	"cmp"
	"os"

	"github.com/yolambda/yolambda/integration/local"
)

// partsFlags name the files of a function that runs on this machine.
type partsFlags struct {
	Model     string `type:"path" placeholder:"FILE.onnx" help:"The model ($$YOLAMBDA_MODEL; the built ones: ../build/opt/models next to this program)."`
	Models    string `type:"path" placeholder:"DIR" help:"A folder of .onnx files to serve by name; without --model the first is the default."`
	Bootstrap string `type:"path" placeholder:"FILE" help:"The function's executable ($$YOLAMBDA_BOOTSTRAP)."`
	Library   string `type:"path" placeholder:"FILE" help:"ONNX Runtime's shared library ($$YOLAMBDA_LIBRARY)."`
}

// parts finds each file: the flag counts first, then the environment, then the
// user's settings, then what `make build` laid next to this program.
func (f partsFlags) parts() (local.Parts, error) {
	built, err := local.PartsBesideExecutable()
	if err != nil {
		return local.Parts{}, err
	}
	model, models := f.Model, f.Models
	if model == "" && models == "" {
		saved, err := readSettings()
		if err != nil {
			return local.Parts{}, err
		}
		model = cmp.Or(os.Getenv("YOLAMBDA_MODEL"), saved.Model)
	}
	if model == "" {
		models = cmp.Or(models, built.Models)
	}
	return local.Parts{
		Bootstrap: cmp.Or(f.Bootstrap, os.Getenv("YOLAMBDA_BOOTSTRAP"), built.Bootstrap),
		Library:   cmp.Or(f.Library, os.Getenv("YOLAMBDA_LIBRARY"), built.Library),
		Model:     model,
		Models:    models,
	}, nil
}
