package yolambda

import (
	"path/filepath"
	"testing"
)

// The function's sources are those that go.mod names, whatever lies in a folder vendor.
func TestModuleFolder(t *testing.T) {
	lambda, err := filepath.Abs(filepath.Join("..", "..", "lambda"))
	if err != nil {
		t.Fatal(err)
	}
	app := t.TempDir()
	write(t, filepath.Join(app, "go.mod"), "module example.org/pets\n\ngo 1.26.0\n\nrequire "+functionModule+" v0.1.0\n\nreplace "+functionModule+" => "+lambda+"\n")
	write(t, filepath.Join(app, "vendor", "modules.txt"), "# "+functionModule+" v0.1.0 => "+lambda+"\n## explicit; go 1.26.0\n# "+functionModule+" => "+lambda+"\n")
	t.Setenv("GOWORK", "off")
	t.Chdir(app)
	for _, flags := range []string{"", "-mod=mod", "-mod=vendor"} {
		t.Setenv("GOFLAGS", flags)
		if dir, err := moduleFolder(); err != nil || dir != lambda {
			t.Errorf("GOFLAGS=%s: %q, %v", flags, dir, err)
		}
	}
	t.Chdir(t.TempDir())
	if dir, err := moduleFolder(); err == nil {
		t.Errorf("%q, where no go.mod is", dir)
	}
}
