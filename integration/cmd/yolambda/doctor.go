package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/yolambda/yolambda/integration/local"
)

type doctorCommand struct {
	Stack        string `placeholder:"NAME" help:"Also check the deployed stack, with a signed request."`
	Model        string `type:"path" placeholder:"FILE.onnx" help:"The model to deploy (layers/codes/codes.onnx)."`
	Architecture string `enum:"arm64,x86_64" default:"arm64" help:"The function's CPU: arm64 or x86_64."`
	JSON         bool   `name:"json" help:"Print one JSON object a line and check: check, status, detail, mend."`
	Root         string `hidden:"" type:"path" help:"The project's folder (the one that holds bin/yolambda)."`
}

func (doctorCommand) Help() string {
	return `Examples:

  yolambda doctor --model yolov8n.onnx
  yolambda doctor --stack yolambda

Checks what a deployment needs, and with --stack the deployed function, one line
a check: ok, warn, fail or skip. Nothing is changed anywhere. The exit status is
1 when a check fails.`
}

// status is how a check came out.
type status string

const (
	checkOK   status = "ok"
	checkWarn status = "warn" // works, or may work, but look at it
	checkFail status = "fail"
	checkSkip status = "skip" // could not be checked
)

// finding is what a check found.
type finding struct {
	Check  string `json:"check"`
	Status status `json:"status"`
	Detail string `json:"detail"`
	Mend   string `json:"mend,omitempty"` // what to do about it
}

func okf(format string, args ...any) finding {
	return finding{Status: checkOK, Detail: fmt.Sprintf(format, args...)}
}

func skipf(format string, args ...any) finding {
	return finding{Status: checkSkip, Detail: fmt.Sprintf(format, args...)}
}

func warn(mend, format string, args ...any) finding {
	return finding{Status: checkWarn, Detail: fmt.Sprintf(format, args...), Mend: mend}
}

func fail(mend, format string, args ...any) finding {
	return finding{Status: checkFail, Detail: fmt.Sprintf(format, args...), Mend: mend}
}

func (d *doctorCommand) Run(ctx context.Context, std *streams) error {
	root, err := d.root()
	if err != nil {
		return err
	}
	failed := 0
	show := func(name string, f finding) error {
		f.Check = name
		if f.Status == checkFail {
			failed++
		}
		return f.show(std, d.JSON)
	}
	model := d.Model
	if model == "" {
		model = filepath.Join(root, "layers", "codes", "codes.onnx")
	}
	here := []struct {
		name  string
		check func() finding
	}{
		{"go", func() finding { return checkGo(ctx) }},
		{"node", func() finding { return checkNode(ctx) }},
		{"npm", func() finding { return checkNPM(ctx, root) }},
		{"compiler", func() finding { return checkCompiler(ctx, d.Architecture) }},
		{"runtime", func() finding { return checkRuntime(root, d.Architecture) }},
		{"model", func() finding { return checkModel(model, d.Model != "") }},
	}
	for _, c := range here {
		if err := show(c.name, c.check()); err != nil {
			return fmt.Errorf("print finding: %w", err)
		}
	}
	if err := d.checkAWS(ctx, show); err != nil {
		return fmt.Errorf("print finding: %w", err)
	}
	if failed > 0 {
		return fmt.Errorf("%d checks failed", failed)
	}
	return nil
}

func (d *doctorCommand) root() (string, error) {
	if d.Root != "" {
		return d.Root, nil
	}
	parts, err := local.PartsBesideExecutable()
	if err != nil {
		return "", err
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(parts.Bootstrap))), nil // ROOT/build/task/bootstrap
}

func (f finding) show(std *streams, asJSON bool) error {
	if asJSON {
		line, err := marshal(f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "%s\n", line)
		return err
	}
	_, err := fmt.Fprintf(std.out, "%-4s  %-11s  %s\n", f.Status, f.Check, f.Detail)
	if err == nil && f.Mend != "" {
		_, err = fmt.Fprintf(std.out, "      %-11s  → %s\n", "", f.Mend)
	}
	return err
}
