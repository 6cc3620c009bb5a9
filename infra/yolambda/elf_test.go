package yolambda

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestNewerThanLambda(t *testing.T) {
	tests := map[string]bool{
		"GLIBC_2.2.5": false, "GLIBC_2.17": false, "GLIBC_2.34": false,
		"GLIBC_2.35": true, "GLIBC_2.38": true, "GLIBC_2.100": true,
		"GLIBC_PRIVATE": false, "GLIBCXX_3.4": false, "GLIBCXX_3.4.29": false, "GLIBCXX_3.4.30": true, "CXXABI_1.3.13": false, "CXXABI_1.3.14": true, "GLIBC_2.x": false, "": false,
	}
	for version, want := range tests {
		if got := newerThanLambda(version); got != want {
			t.Errorf("%s: got %v", version, got)
		}
	}
}

// TestCheckELFRefusesNewGlibc links a program against a function that
// came with glibc 2.36.
func TestCheckELFRefusesNewGlibc(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("needs gcc for linux/amd64 as the machine's own compiler")
	}
	dir := t.TempDir()
	source, program := filepath.Join(dir, "new.c"), filepath.Join(dir, "new")
	text := "#include <stdlib.h>\nint main(void) { return arc4random() == 0; }\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command("gcc", "-o", program, source).CombinedOutput(); err != nil {
		t.Skipf("needs gcc and glibc 2.36 or newer: %v\n%s", err, output)
	}
	err := checkELF(program, X86)
	if err == nil || !strings.Contains(err.Error(), "GLIBC_2.36") || !strings.Contains(err.Error(), "arc4random") {
		t.Errorf("want an error that names version and symbol, got %v", err)
	}
}

func TestCheckELF(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lib.so")
	if err := os.WriteFile(path, elfHeader(Arm64), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkELF(path, Arm64); err != nil {
		t.Error(err)
	}
	err := checkELF(path, X86)
	if err == nil || !strings.Contains(err.Error(), "EM_AARCH64, not for x86_64") {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(path, []byte("no ELF"), 0o600); err != nil {
		t.Fatal(err)
	}
	if checkELF(path, Arm64) == nil {
		t.Error("a text file was taken for a library")
	}
}

// GCC 12's libstdc++ brought GLIBCXX_3.4.30, with the function that failed assertions call.
func TestCheckELFRefusesNewLibstdcxx(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("needs g++ for linux/amd64 as the machine's own compiler")
	}
	dir := t.TempDir()
	source, library := filepath.Join(dir, "new.cc"), filepath.Join(dir, "new.so")
	write(t, source, "extern \"C\" void _ZSt21__glibcxx_assert_failPKciS0_S0_(const char*, int, const char*, const char*);\n"+
		"extern \"C\" void f() { _ZSt21__glibcxx_assert_failPKciS0_S0_(\"\", 0, \"\", \"\"); }\n")
	if output, err := exec.Command("g++", "-shared", "-fPIC", "-o", library, source).CombinedOutput(); err != nil {
		t.Skipf("needs g++ 12 or newer: %v\n%s", err, output)
	}
	if err := checkELF(library, X86); err == nil || !strings.Contains(err.Error(), "GLIBCXX_3.4.30") {
		t.Errorf("want an error that names the version, got %v", err)
	}
}

// The libraries that ship load in Lambda.
func TestShippedLibrariesLoad(t *testing.T) {
	for arch, name := range map[Architecture]string{Arm64: "arm64", X86: "x64"} {
		path := "../../node_modules/onnxruntime-node/bin/napi-v6/linux/" + name + "/libonnxruntime.so.1"
		if _, err := os.Stat(path); err != nil {
			if os.Getenv("YOLAMBDA_REQUIRE_BUILD") == "1" {
				t.Fatalf("%s is missing: npm ci --ignore-scripts", path)
			}
			t.Skipf("needs %s: npm ci --ignore-scripts", path)
		}
		if err := checkELF(path, arch); err != nil {
			t.Error(err)
		}
	}
}

// elfHeader is the smallest file that has a machine: a header without sections.
func elfHeader(arch Architecture) []byte {
	header := make([]byte, 64)
	copy(header, "\x7fELF\x02\x01\x01") // 64 bits, little endian, version 1
	header[16] = 3                      // shared object
	header[18] = map[Architecture]byte{Arm64: 183, X86: 62}[arch]
	header[20] = 1  // version
	header[52] = 64 // size of this header
	header[58] = 64 // size of a section header
	return header
}
