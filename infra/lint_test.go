package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// linter is a program of .github/checks.txt.
func linter(t *testing.T, name string) string {
	t.Helper()
	path := yolotest.Root(t, "build", "checks-venv", "bin", name)
	if _, err := os.Stat(path); err != nil {
		yolotest.Missing(t, yolotest.Tools, name, ": make lint installs .github/checks.txt into build/checks-venv")
	}
	return path
}

// written has the template of every configuration in a folder.
func written(t *testing.T) string {
	t.Helper()
	// checkov takes 40 characters of base64 in the templates' own paths for a secret: the _ is none.
	dir := filepath.Join(t.TempDir(), "_")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, settings := range configurations {
		text, _ := synthesized(t, settings)
		write(t, filepath.Join(dir, name+".template.json"), string(text))
	}
	return dir
}

// No configuration has a finding of cfn-lint or checkov that .cfnlintrc and .checkov.yaml do
// not leave out. Each linter also gets a template in which there is something to find.
func TestLinters(t *testing.T) {
	cfnLint, checkov := linter(t, "cfn-lint"), linter(t, "checkov")
	dir := written(t)
	bad := filepath.Join(t.TempDir(), "bad.template.json")
	write(t, bad, `{"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": false, "Keys": 1}}}}`)

	t.Run("cfn-lint", func(t *testing.T) {
		templates, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(templates) != len(configurations) {
			t.Fatalf("%d templates, %v", len(templates), err)
		}
		if said, err := fromRoot(cfnLint, append([]string{"--format", "parseable"}, templates...)...); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		if said, err := fromRoot(cfnLint, "--format", "parseable", bad); err == nil || !bytes.Contains(said, []byte(":E3002:")) {
			t.Errorf("a wrong property passes: %v\n%s", err, said)
		}
	})
	t.Run("checkov", func(t *testing.T) {
		found := checked(t, checkov, "--directory", dir)
		if found.Summary.Passed < 10*len(configurations) || found.Summary.ParsingErrors > 0 {
			t.Errorf("%+v", found.Summary)
		}
		for _, f := range found.Results.Failed {
			t.Errorf("%s: %s %s (%s)", f.File, f.ID, f.Name, f.Resource)
		}
		if found := checked(t, checkov, "--file", bad); len(found.Results.Failed) == 0 {
			t.Error("a key without rotation passes")
		}
	})
}

// fromRoot runs a program where the linters' own files of settings are.
func fromRoot(program string, args ...string) ([]byte, error) {
	command := exec.Command(program, args...)
	command.Dir = ".."
	return command.CombinedOutput()
}

// checkovReport is checkov's, as far as it is looked at.
type checkovReport struct {
	Results struct {
		Failed []struct {
			ID       string `json:"check_id"`
			Name     string `json:"check_name"`
			File     string `json:"file_path"`
			Resource string `json:"resource"`
		} `json:"failed_checks"`
	} `json:"results"`
	Summary struct {
		Passed        int `json:"passed"`
		ParsingErrors int `json:"parsing_errors"`
	} `json:"summary"`
}

// checked is what checkov finds where the arguments say.
func checked(t *testing.T, checkov string, args ...string) checkovReport {
	t.Helper()
	said, err := fromRoot(checkov, append([]string{"--config-file", ".checkov.yaml", "--output", "json", "--soft-fail"}, args...)...)
	var report checkovReport
	if err != nil || json.Unmarshal(said, &report) != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return report
}

// docs/deploy.md argues for each check of checkov that is left out, and for no other.
func TestLeftOutChecksAreArgued(t *testing.T) {
	ids := regexp.MustCompile(`CKV_AWS_\d+`)
	in := func(path string) []string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := ids.FindAllString(string(text), -1)
		slices.Sort(found)
		return found
	}
	if left, argued := in("../.checkov.yaml"), in("../docs/deploy.md"); len(left) == 0 || !slices.Equal(left, argued) {
		t.Errorf(".checkov.yaml leaves out %v, docs/deploy.md argues for %v", left, argued)
	}
}
