// Package shared finds the test material that lies beside the project (models,
// pictures and reference answers whose licence keeps them out of it).
package shared

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file of the shared folder. Without the folder the
// test is skipped, or fails where YOLAMBDA_REQUIRE_SHARED=1, as in CI.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	return filepath.Join(append([]string{folder(t)}, elem...)...)
}

// Read returns the contents of a file of the shared folder.
func Read(t testing.TB, elem ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(Path(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// ReadJSON decodes a file of the shared folder.
func ReadJSON(t testing.TB, v any, elem ...string) {
	t.Helper()
	if err := json.Unmarshal(Read(t, elem...), v); err != nil {
		t.Fatal(err)
	}
}

// folder walks up from the test's package to the folder beside the project.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			break
		}
	}
	path := filepath.Join(filepath.Dir(dir), "shared")
	if _, err := os.Stat(filepath.Join(path, "models")); err == nil {
		return path
	}
	const missing = "the shared test material is not beside the project"
	if os.Getenv("YOLAMBDA_REQUIRE_SHARED") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}
