package yolambda

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKept(t *testing.T) {
	k := kept{filepath.Join(t.TempDir(), "new")}
	if _, ok := k.get("model", "key"); ok {
		t.Error("there is something in a folder that is not there")
	}
	k.put("model", "key", []byte("data"))
	if data, ok := k.get("model", "key"); !ok || string(data) != "data" {
		t.Errorf("%q, %v", data, ok)
	}
	if _, ok := k.get("model", "another key"); ok {
		t.Error("got what was made of something else")
	}
	k.put("model", "another key", nil)
	if data, ok := k.get("model", "another key"); !ok || len(data) != 0 {
		t.Errorf("%q, %v", data, ok)
	}
	if _, ok := k.get("model", "key"); ok {
		t.Error("got what was replaced")
	}
	if left, err := os.ReadDir(k.dir); err != nil || len(left) != 1 {
		t.Errorf("%v, %v: want one file", left, err)
	}
}

// What a crash or a disk did to a file is not used.
func TestKeptIsWhole(t *testing.T) {
	k := kept{t.TempDir()}
	path := filepath.Join(k.dir, "model")
	k.put("model", "key", []byte("data"))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"empty": nil, "short": whole[:20], "cut": whole[:len(whole)-1], "longer": append(bytes.Clone(whole), 0), "zeros": make([]byte, len(whole)),
	} {
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if data, ok := k.get("model", "key"); ok {
			t.Errorf("%s: got %q", name, data)
		}
	}
}

// Where nothing tells a folder of caches, as in some containers, the app has to name one: none that other users can
// write to is taken in its place.
func TestNoCacheFolder(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	if folder, err := cacheFolder(""); err == nil || !strings.Contains(err.Error(), "EndpointProps.Cache") {
		t.Errorf("%q, %v", folder, err)
	}
	if folder, err := cacheFolder("mine"); err != nil || folder != "mine" {
		t.Errorf("%q, %v", folder, err)
	}
}

// A folder that can't be written to costs time, and nothing else.
func TestNothingKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "in the way")
	k := kept{filepath.Join(file, "folder")}
	k.put("model", "key", []byte("data"))
	if _, ok := k.get("model", "key"); ok {
		t.Error("something is kept below a file")
	}
	out := filepath.Join(t.TempDir(), "program")
	err := k.program("program", "", out, func() error { return os.WriteFile(out, []byte("built"), 0o600) })
	if data, _ := os.ReadFile(out); err != nil || string(data) != "built" {
		t.Errorf("%q, %v", data, err)
	}
}

// A program is linked again if and only if something of it is another, and is always, byte for byte, that
// which is built where nothing was kept.
func TestProgramIsKept(t *testing.T) {
	arch := nativeOrSkip(t)
	cc, _ := thisHost().compiler(arch)
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	logged := func(name string) string { // a compiler that writes down what it is asked
		path := filepath.Join(dir, name)
		write(t, path, "#!/bin/sh\necho \"$@\" >>'"+log+"'\nexec "+cc+" \"$@\"\n")
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first, second := logged("first"), logged("second")
	const source = "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc main() { println(C.abs(%)) }\n"
	module := writeModule(t, strings.ReplaceAll(source, "%", "-1"))
	k := kept{t.TempDir()}
	build := func(k kept, cc string) (program []byte, linked bool) {
		t.Helper()
		write(t, log, "")
		out := filepath.Join(t.TempDir(), "program")
		if err := k.program("program", cc, out, func() error { return compile(module, out, arch, cc) }); err != nil {
			t.Fatal(err)
		}
		asked, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		if program, err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
		return program, bytes.Contains(asked, []byte("/exe/a.out"))
	}
	for i, step := range []struct {
		name, cc string
		change   func()
		linked   bool
	}{
		{"new", first, func() {}, true},
		{"the same", first, func() {}, false},
		{"another source", first, func() { write(t, filepath.Join(module, "main.go"), strings.ReplaceAll(source, "%", "-2")) }, true},
		{"the same again", first, func() {}, false},
		{"a new file", first, func() { write(t, filepath.Join(module, "more.go"), "package main\n\nfunc init() { println(3) }\n") }, true},
		{"another compiler", second, func() {}, true},
		{"the same in the end", second, func() {}, false},
	} {
		step.change()
		program, linked := build(k, step.cc)
		if linked != step.linked {
			t.Errorf("step %d, %s: linked %v", i, step.name, linked)
		}
		if fresh, _ := build(kept{t.TempDir()}, step.cc); !bytes.Equal(program, fresh) {
			t.Errorf("step %d, %s: not what is built anew", i, step.name)
		}
	}
}
