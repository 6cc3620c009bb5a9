package main

import (
	"debug/elf"
	"fmt"
	"strconv"
	"strings"
)

// glibcMinor is the minor version of glibc 2 in provided.al2023. A program
// linked against a newer one does not start there.
const glibcMinor = 34

// checkELFMachine reports whether the file at path is built for arch.
func checkELFMachine(path string, arch Architecture) error {
	file, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	defer file.Close()
	return checkMachine(file, path, arch)
}

// checkBootstrap reports whether the program at path starts in Lambda's
// provided.al2023: the machine is arch and no symbol asks for a glibc newer
// than 2.34.
func checkBootstrap(path string, arch Architecture) error {
	file, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	defer file.Close()
	if err := checkMachine(file, path, arch); err != nil {
		return err
	}
	needs, err := file.DynamicVersionNeeds()
	if err != nil {
		return fmt.Errorf("read symbol versions of %s: %w", path, err)
	}
	for _, need := range needs {
		for _, version := range need.Needs {
			if newerThanLambda(version.Dep) {
				return fmt.Errorf("%s needs %s of %s (symbols: %s), Lambda has glibc 2.%d: build with zig, which links against any glibc",
					path, version.Dep, need.Name, strings.Join(symbolsOf(file, version.Dep), ", "), glibcMinor)
			}
		}
	}
	return nil
}

func checkMachine(file *elf.File, path string, arch Architecture) error {
	want := map[Architecture]elf.Machine{Arm64: elf.EM_AARCH64, X86: elf.EM_X86_64}[arch]
	if file.Machine != want {
		return fmt.Errorf("%s is built for %s, not for %s", path, file.Machine, arch)
	}
	return nil
}

// newerThanLambda reads a version name such as "GLIBC_2.34". Names of another
// form (GLIBC_PRIVATE, or those of other libraries) tell nothing about age.
func newerThanLambda(version string) bool {
	minor, ok := strings.CutPrefix(version, "GLIBC_2.")
	if !ok {
		return false
	}
	minor, _, _ = strings.Cut(minor, ".") // GLIBC_2.2.5
	number, err := strconv.Atoi(minor)
	return err == nil && number > glibcMinor
}

func symbolsOf(file *elf.File, version string) []string {
	symbols, err := file.ImportedSymbols()
	if err != nil {
		return []string{"unknown"}
	}
	var names []string
	for _, symbol := range symbols {
		if symbol.Version == version {
			names = append(names, symbol.Name)
		}
	}
	return names
}
