package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"

	"github.com/yolambda/yolambda/infra/yolambda"
)

// checkModels has the project's doctor judge the models, as this module knows nothing of
// their files: one that the function would refuse is refused with the same words. What the
// doctor warns of is written to warnings.
func checkModels(root string, models []yolambda.Model, warnings io.Writer) error {
	dir, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("check models: %w", err)
	}
	args := []string{"run", "./integration/cmd/yolambda", "doctor", "--models-only", "--json", "--root", dir, "--remember", filepath.Join(dir, cache)}
	for _, m := range models {
		path := m.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		args = append(args, "--model="+path)
	}
	command := exec.Command("go", args...)
	command.Dir = dir
	var findings, complaints bytes.Buffer
	command.Stdout, command.Stderr = &findings, &complaints
	ended := command.Run() // with 1 where a check fails

	var refused error
	for lines := json.NewDecoder(&findings); lines.More(); {
		var f struct{ Status, Detail, Mend string }
		if err := lines.Decode(&f); err != nil {
			return fmt.Errorf("read what the doctor says of the models: %w", err)
		}
		switch f.Status {
		case "fail":
			refused = errors.Join(refused, fmt.Errorf("model: %s\n  → %s", f.Detail, f.Mend))
		case "warn":
			fmt.Fprintf(warnings, "model: %s\n  → %s\n", f.Detail, f.Mend)
		}
	}
	if refused == nil && ended != nil {
		return fmt.Errorf("check models: %w\n%s", ended, complaints.Bytes())
	}
	return refused
}
