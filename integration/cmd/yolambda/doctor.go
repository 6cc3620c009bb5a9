package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/yolambda/yolambda/integration/doctor"
	"github.com/yolambda/yolambda/integration/local"
)

type doctorCommand struct {
	Stack        string   `placeholder:"NAME" help:"Also check the deployed stack, with a signed request."`
	Env          string   `placeholder:"NAME" help:"Also check environments/NAME.json, and what its settings name."`
	Model        []string `type:"path" sep:"none" placeholder:"FILE.onnx" help:"The models to deploy (the project's: coco and codes)."`
	ModelsOnly   bool     `help:"Check the models and nothing else."`
	Architecture string   `enum:",arm64,x86_64" default:"" placeholder:"CPU" help:"The function's CPU: arm64 or x86_64 (what --env says, or arm64)."`
	JSON         bool     `name:"json" help:"Print one JSON object a line and check: check, status, detail, mend."`
	Remember     string   `hidden:"" type:"path" help:"A folder that remembers with which models the function answered."`
	Root         string   `hidden:"" type:"path" help:"The project's folder (the one that holds bin/yolambda)."`
}

func (doctorCommand) Help() string {
	return `Examples:

  yolambda doctor --model yolov8n.onnx
  yolambda doctor --env prod
  yolambda doctor --stack yolambda

Checks what a deployment needs, and with --stack the deployed function, one line
a check: ok, warn, fail or skip. Nothing is changed anywhere. The exit status is
1 when a check fails.`
}

func (d *doctorCommand) Run(ctx context.Context, std *streams) error {
	root, err := d.root()
	if err != nil {
		return err
	}
	failed := 0
	patient := doctor.Patient{Root: root, Models: d.Model, ModelsOnly: d.ModelsOnly, Remember: d.Remember, Architecture: d.Architecture, Stack: d.Stack, Environment: d.Env, Version: version}
	err = doctor.Examine(ctx, patient, func(f doctor.Finding) error {
		if f.Status == doctor.Fail {
			failed++
		}
		return showFinding(std, f, d.JSON)
	})
	if err != nil {
		return fmt.Errorf("print finding: %w", err)
	}
	if failed > 0 {
		return fmt.Errorf("checks that failed: %d", failed)
	}
	return nil
}

func (d *doctorCommand) root() (string, error) {
	if d.Root != "" {
		return d.Root, nil
	}
	return local.Root()
}

func showFinding(std *streams, f doctor.Finding, asJSON bool) error {
	if asJSON {
		line := json.NewEncoder(std.out)
		line.SetEscapeHTML(false)
		return line.Encode(f)
	}
	_, err := fmt.Fprintf(std.out, "%-4s  %-11s  %s\n", f.Status, f.Check, f.Detail)
	if err == nil && f.Mend != "" {
		_, err = fmt.Fprintf(std.out, "      %-11s  → %s\n", "", f.Mend)
	}
	return err
}
