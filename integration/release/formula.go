package release

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed formula.rb.tmpl
var formulaText string

var formula = template.Must(template.New("formula").Parse(formulaText))

// archive is what the formula says of one of a release's archives.
type archive struct{ Name, SHA256 string }

// WriteFormula writes Homebrew's formula of a release, whose archives for macOS and Linux
// (make dist) lie in folder.
func WriteFormula(w io.Writer, version, folder string) error {
	archives := map[string]archive{}
	for _, target := range []string{"darwin-arm64", "linux-arm64", "linux-amd64"} {
		name := fmt.Sprintf("yolambda-%s-%s.tar.gz", version, target)
		hash, err := hashFile(filepath.Join(folder, name))
		if err != nil {
			return fmt.Errorf("write formula: %w", err)
		}
		archives[strings.ReplaceAll(target, "-", "_")] = archive{name, hash}
	}
	return formula.Execute(w, map[string]any{
		"Version": strings.TrimPrefix(version, "v"), "Tag": version, "Archives": archives,
	})
}

// hashFile is the SHA-256 of a file, in hexadecimal digits.
func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}
