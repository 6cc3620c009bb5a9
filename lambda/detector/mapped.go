package detector

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// mapped is a file's bytes, in the page cache's own memory: nothing is copied but the pages that are
// written to, which the file does not see, and nothing is left for the garbage collector. The file
// must not shrink before unix.Munmap.
func mapped(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "map", Path: path, Err: errors.New("not a regular file")}
	}
	if info.Size() == 0 {
		return nil, nil // can't be mapped
	}
	data, err := unix.Mmap(int(file.Fd()), 0, int(info.Size()), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	if err != nil {
		return nil, &fs.PathError{Op: "map", Path: path, Err: err}
	}
	return data, nil
}
