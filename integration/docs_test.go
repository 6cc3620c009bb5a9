package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// tracked are the project's files, seen from its root.
func tracked(t *testing.T) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", "ls-files")
	command.Dir = yolotest.Root(t)
	out, err := command.Output()
	if err != nil {
		t.Skip("this is not a clone: ", err) // an archive of the sources
	}
	return strings.Fields(string(out))
}

func text(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(yolotest.Root(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var link = regexp.MustCompile(`(?:\]\(|(?:src|srcset|href)=")([^)"#\s]+)`)

// Every link of the documents to a file of the project leads to one.
func TestLinks(t *testing.T) {
	for _, file := range tracked(t) {
		if filepath.Ext(file) != ".md" {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(text(t, file), -1) {
			if strings.Contains(m[1], ":") {
				continue // elsewhere
			}
			if _, err := os.Stat(yolotest.Root(t, filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", file, m[1])
			}
		}
	}
}

// docs/architecture.md knows every package of the table of arrows.
func TestArchitectureNamesPackages(t *testing.T) {
	doc := text(t, "docs/architecture.md")
	for name := range arrows {
		short := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(name, "integration/"), "lambda/"), "internal/")
		if !regexp.MustCompile("`(lambda/|internal/|integration/)*" + regexp.QuoteMeta(short) + "`").MatchString(doc) {
			t.Errorf("docs/architecture.md says nothing of %s", name)
		}
	}
}

var variable = regexp.MustCompile(`YOLAMBDA_[A-Z0-9_]*[A-Z0-9]`)

// CONTRIBUTING.md's table has every environment variable that the code names.
func TestVariables(t *testing.T) {
	documented := variable.FindAllString(text(t, "CONTRIBUTING.md"), -1)
	partial := []string{"YOLAMBDA_CC_", "YOLAMBDA_S3"} // parts of names
	for _, file := range tracked(t) {
		if !slices.Contains([]string{".go", ".py", ".yml", ""}, filepath.Ext(file)) || strings.Contains(file, "testdata/") {
			continue
		}
		for _, name := range variable.FindAllString(text(t, file), -1) {
			if !slices.Contains(documented, name) && !slices.Contains(partial, name) {
				t.Errorf("%s names %s, which CONTRIBUTING.md does not explain", file, name)
			}
		}
	}
}
