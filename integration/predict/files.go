package predict

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// files keeps what a job writes apart: no file is written over that the job reads, nor one
// that it wrote for another picture. What an earlier job wrote is replaced.
type files struct {
	mu      sync.Mutex
	sources sameFiles
	claimed map[string]string // path → the picture that it is for
	written sameFiles
}

func newFiles(sources []Source) *files {
	f := &files{sources: sameFiles{}, claimed: map[string]string{}, written: sameFiles{}}
	for _, s := range sources {
		if info, err := os.Stat(s.Name); err == nil && s.Name != Stdin {
			f.sources.add(info, s.Name)
		}
	}
	return f
}

// claim reserves a path for what is made of a picture.
func (f *files) claim(path, picture string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reserve(path, picture)
}

func (f *files) reserve(path, picture string) error {
	if other, taken := f.claimed[path]; taken && other != picture {
		return fmt.Errorf("%s and %s would both be written to %s", other, picture, path)
	}
	if there, err := os.Stat(path); err == nil {
		if source, ok := f.sources.find(there); ok {
			return fmt.Errorf("%s would be written over", source)
		}
		// The same file by another name: a link, or a name in capitals where these don't count.
		if other, ok := f.written.find(there); ok && other != path {
			return fmt.Errorf("%s and %s are the same file", other, path)
		}
	}
	f.claimed[path] = picture
	return nil
}

// write writes a file of a picture, and makes its folder.
func (f *files) write(path, picture string, data []byte) error {
	f.mu.Lock() // for long enough that nobody else finds the path free
	defer f.mu.Unlock()
	if err := f.reserve(path, picture); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := replace(path, data); err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err // not of the file that becomes the result
		}
		return fmt.Errorf("write result: %s: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	f.written.add(info, path)
	return nil
}

// replace writes a file in one step, so that neither a full disk nor the end of the program
// leaves half a result, nor takes an earlier one away. What is there keeps its permissions, and
// is written to as it is where its folder takes no other file.
func replace(path string, data []byte) error {
	there, err := os.Stat(path)
	if err == nil {
		if !there.Mode().IsRegular() {
			return os.WriteFile(path, data, 0o666) // a device
		}
		file, err := os.OpenFile(path, os.O_WRONLY, 0) // its permissions count, not the folder's
		if err != nil {
			return err
		}
		file.Close()
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	} else if _, err := os.Lstat(path); err == nil {
		return os.WriteFile(path, data, 0o666) // a link to a file that is not there yet
	}
	// Others may write into the folder at the same time, also from other machines and containers.
	made := filepath.Join(filepath.Dir(path), ".yolambda-"+rand.Text())
	err = writeNew(made, data, there)
	if err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		os.Remove(made)
	}
	if there != nil && errors.Is(err, fs.ErrPermission) {
		return os.WriteFile(path, data, 0o666)
	}
	return err
}

// writeNew writes a file that is not there yet, with the permissions of the one that it replaces, if any.
func writeNew(path string, data []byte, replaced fs.FileInfo) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if replaced != nil {
		err = file.Chmod(replaced.Mode().Perm())
	}
	if err == nil {
		_, err = file.Write(data)
	}
	return errors.Join(err, file.Close())
}

// sameFiles finds a file whatever its path is. Its size and time narrow the search.
type sameFiles map[fileKey][]knownFile

type fileKey struct{ size, nanoseconds int64 }

type knownFile struct {
	info os.FileInfo
	name string
}

func keyOf(info os.FileInfo) fileKey { return fileKey{info.Size(), info.ModTime().UnixNano()} }

func (s sameFiles) add(info os.FileInfo, name string) {
	s[keyOf(info)] = append(s[keyOf(info)], knownFile{info, name})
}

func (s sameFiles) find(info os.FileInfo) (name string, ok bool) {
	for _, known := range s[keyOf(info)] {
		if os.SameFile(known.info, info) {
			return known.name, true
		}
	}
	return "", false
}
