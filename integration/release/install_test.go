package release

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// outsider is a program of somebody else.
const outsider = `package main

import (
	"fmt"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

func main() {
	var opts api.Options
	if err := opts.Set("conf", "0.5"); err != nil {
		panic(err)
	}
	fmt.Println(client.MaxPicture > 0, *opts.Conf, yolo.Size{W: 640, H: 480}.W)
}
`

// A release of this tree installs and imports as any Go module does: from a proxy,
// into an empty module cache, without go.work.
func TestInstall(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it compiles the command anew")
	}
	const version = "v0.99.0"
	g, o := released(t, version)

	o.run(t, "go", "install", repository+"integration/cmd/yolambda@"+version)
	name := filepath.Join(o.bin, "yolambda")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if out := o.run(t, name, "version"); !strings.HasPrefix(out, "yolambda "+version+" ") {
		t.Errorf("the installed command is %q", out)
	}

	o.run(t, "go", "mod", "init", "example.org/outside")
	if err := os.WriteFile(filepath.Join(o.dir, "main.go"), []byte(outsider), 0o666); err != nil {
		t.Fatal(err)
	}
	o.run(t, "go", "get", repository+"integration/client@"+version, repository+"lambda/yolo@"+version)
	if out := o.run(t, "go", "run", "."); out != "true 0.5 640\n" {
		t.Errorf("the program outside printed %q", out)
	}

	readmeProgram(t, o, version)

	// The released tree itself, without go.work: nothing is missing from its go.sum.
	for _, folder := range []string{"integration", "lambda"} {
		o.dir = filepath.Join(g.root, folder)
		o.run(t, "go", "list", "-mod=readonly", "-deps", "-test", "./...")
	}
}

// readmeProgram runs the README's program outside the project.
func readmeProgram(t *testing.T, o *outside, version string) {
	t.Helper()
	library := yolotest.Library(t)
	_, program, found := strings.Cut(string(yolotest.Read(t, yolotest.Root(t, "README.md"))), "```go\n")
	program, _, closed := strings.Cut(program, "```")
	if !found || !closed {
		t.Fatal("the README has no program in Go")
	}
	program = strings.Replace(program, "build/opt/lib/libonnxruntime.so", library, 1)
	if err := os.WriteFile(filepath.Join(o.dir, "main.go"), []byte(program), 0o666); err != nil {
		t.Fatal(err)
	}
	o.run(t, "go", "get", repository+"lambda/detector@"+version)
	o.env = append(o.env, "CGO_ENABLED=1")
	o.run(t, "go", "build", "-o", "program", ".")
	in := *o
	in.dir = yolotest.Root(t)
	out := in.run(t, filepath.Join(o.dir, "program"), "assets/everyday.jpg")
	for _, class := range []string{"person", "cat", "cup"} {
		if !strings.Contains(out, class+" 0.") {
			t.Errorf("the README's program found no %s: %s", class, out)
		}
	}
}

// released makes a release of this tree, and a machine that can get it.
func released(t *testing.T, version string) (git, *outside) {
	t.Helper()
	g := copyOfTree(t)
	if _, err := Make(t.Context(), g.root, version, day); err != nil {
		t.Fatal(err)
	}
	proxy := t.TempDir()
	if err := WriteProxy(t.Context(), g.root, version, proxy); err != nil {
		t.Fatal(err)
	}
	return g, newOutside(t, proxy)
}

// copyOfTree is a repository of its own with the files of this one as they are now.
func copyOfTree(t *testing.T) git {
	t.Helper()
	here := git{t.Context(), "."}
	top, err := here.run("rev-parse", "--show-toplevel")
	if err != nil {
		t.Skipf("skipped: this tree is not under git: %v", err)
	}
	here.root = top
	files, err := here.run("ls-files", "--cached", "--others", "--exclude-standard")
	if err != nil {
		t.Fatal(err)
	}
	g := git{t.Context(), t.TempDir()}
	for file := range strings.SplitSeq(files, "\n") {
		data, err := os.ReadFile(filepath.Join(top, file))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		if file == "CHANGELOG.md" {
			data = []byte("# Changelog\n\n## Unreleased\n\nA test.\n")
		}
		path := filepath.Join(g.root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, g)
	return g
}

// outside is a user's machine: an empty module cache, and a proxy that has the
// release. What others wrote comes from this machine's cache, as far as it is there.
type outside struct {
	dir, bin string
	env      []string
}

func newOutside(t *testing.T, proxy string) *outside {
	t.Helper()
	o := &outside{dir: t.TempDir(), bin: t.TempDir()}
	cache := t.TempDir()
	goEnv := func(name string) string {
		out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	downloaded := filepath.ToSlash(filepath.Join(goEnv("GOMODCACHE"), "cache", "download"))
	o.env = append(os.Environ(),
		"GOWORK=off",
		"GOBIN="+o.bin,
		"GOMODCACHE="+cache,
		"GOPROXY=file://"+filepath.ToSlash(proxy)+",file://"+downloaded+","+goEnv("GOPROXY"),
		"GONOSUMDB="+repository+"*",
		"GOFLAGS=-modcacherw -trimpath", // with -trimpath the build cache serves any module cache
		"CGO_ENABLED=0",
	)
	return o
}

// run gives what the command prints; it ends the test where the command fails.
func (o *outside) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), name, args...)
	cmd.Dir, cmd.Env = o.dir, o.env
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &errs)
	}
	return string(out)
}
