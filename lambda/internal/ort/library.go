package ort

import (
	"debug/elf"
	"fmt"
	"os"
	"runtime"
)

var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// checkLibrary tells a missing library and one for another CPU, for which the
// dynamic loader says no more than "No such file or directory".
func checkLibrary(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		return nil
	}
	file, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("%s is no shared library: %w", path, err)
	}
	defer file.Close()
	if want := machines[runtime.GOARCH]; file.Machine != want {
		return fmt.Errorf("%s is built for %v, this program for %v (the architecture must be the same)",
			path, file.Machine, want)
	}
	return nil
}
