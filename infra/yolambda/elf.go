package yolambda

import (
	"debug/elf"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// glibcMinor is the minor version of glibc 2 in provided.al2023. A program
// linked against a newer one does not start there.
const glibcMinor = 34

// newest has the last number of each kind of symbol version that provided.al2023 knows, by
// what stands before it. Its libstdc++ is that of GCC 11. A function that asked for GLIBCXX_3.4.30 did
// not start there (amazonlinux/container-images, issue 132).
var newest = map[string]int{"GLIBC_2.": glibcMinor, "GLIBCXX_3.4.": 29, "CXXABI_1.3.": 13}

// checkELF reports whether the program or library at path loads in Lambda's
// provided.al2023: the machine is arch, and no symbol asks for a newer glibc or libstdc++
// than there is.
func checkELF(path string, arch Architecture) error {
	file, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	defer file.Close()
	if err := checkMachine(file, path, arch); err != nil {
		return err
	}
	needs, err := file.DynamicVersionNeeds()
	if errors.Is(err, elf.ErrNoSymbols) {
		return nil // asks for nothing
	}
	if err != nil {
		return fmt.Errorf("read symbol versions of %s: %w", path, err)
	}
	for _, need := range needs {
		for _, version := range need.Needs {
			if newerThanLambda(version.Dep) {
				return fmt.Errorf("%s needs %s of %s (symbols: %s), Lambda has glibc 2.%d and libstdc++ up to GLIBCXX_3.4.%d: build with zig, which links against any glibc, and take a library built with GCC 11 or older",
					path, version.Dep, need.Name, strings.Join(symbolsOf(file, version.Dep), ", "), glibcMinor, newest["GLIBCXX_3.4."])
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
	for prefix, last := range newest {
		if number, ok := strings.CutPrefix(version, prefix); ok {
			number, _, _ = strings.Cut(number, ".") // GLIBC_2.2.5
			n, err := strconv.Atoi(number)
			return err == nil && n > last
		}
	}
	return false
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
