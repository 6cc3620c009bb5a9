package local

import (
	"debug/elf"
	"debug/macho"
	"encoding/binary"
	"fmt"
	"strings"
)

// LibraryVersion reads out of ONNX Runtime's shared library which version it is, such
// as "1.27.0": on Linux from the name that its symbols carry, VERS_1.27.0, on macOS
// from its own load command.
func LibraryVersion(path string) (string, error) {
	if file, err := elf.Open(path); err == nil {
		defer file.Close()
		versions, err := file.DynamicVersions()
		if err != nil {
			return "", fmt.Errorf("read version of %s: %w", path, err)
		}
		for _, v := range versions {
			if version, ok := strings.CutPrefix(v.Name, "VERS_"); ok {
				return version, nil
			}
		}
		return "", fmt.Errorf("%s does not say its version: is it ONNX Runtime?", path)
	}
	file, err := macho.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s is not a shared library", path)
	}
	defer file.Close()
	for _, load := range file.Loads {
		if version, ok := dylibVersion(load.Raw(), file.ByteOrder); ok {
			return version, nil
		}
	}
	return "", fmt.Errorf("%s does not say its version", path)
}

// dylibVersion reads a dylib_command that names the file itself, LC_ID_DYLIB, as
// <mach-o/loader.h> lays it out.
func dylibVersion(command []byte, order binary.ByteOrder) (string, bool) {
	const idDylib, currentVersion = 0xd, 16
	if len(command) < currentVersion+4 || order.Uint32(command) != idDylib {
		return "", false
	}
	v := order.Uint32(command[currentVersion:])
	return fmt.Sprintf("%d.%d.%d", v>>16, v>>8&0xff, v&0xff), true
}
