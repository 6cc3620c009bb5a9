package predict

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/lambda/api"
)

// Stdin is the argument that means the standard input.
const Stdin = "-"

// suffixes are the names of picture files that are taken from a folder. What a
// file really is, its bytes tell.
var suffixes = []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"}

// Source is a picture to ask about: a file, an address of the web, or the standard input; or
// a video file, which is many.
type Source struct {
	// Name is what the user called it; it names the picture in every result.
	Name string
	// below is a file's path in the folder that the user named.
	below string
	// made is the picture, where it is not what a file holds but made of it.
	made []byte
	err  error // why there is no picture
}

// isURL reports whether the name is an address that is fetched.
func isURL(name string) bool {
	scheme, _, found := strings.Cut(name, "://")
	return found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// isFile reports whether Name is a file's path.
func (s Source) isFile() bool { return s.Name != Stdin && !isURL(s.Name) && s.made == nil }

// rel is the path of what is made of the picture, below the folder where it goes, but for
// its suffix.
func (s Source) rel() string {
	switch {
	case s.below != "":
		return s.below
	case s.Name == Stdin:
		return "stdin"
	case isURL(s.Name):
		name := s.Name
		if u, err := url.Parse(s.Name); err == nil {
			name = u.Path
		}
		return folderOf(path.Base(name))
	}
	return filepath.Base(s.Name)
}

// read reads the picture's bytes, of the standard input from stdin.
func (s Source) read(ctx context.Context, stdin io.Reader) ([]byte, error) {
	switch {
	case s.err != nil || s.made != nil:
		return s.made, s.err
	case isURL(s.Name):
		return fetch(ctx, s.Name)
	}
	return ReadFile(ctx, s.Name, stdin)
}

// mostRead is the size in bytes of the largest file that is read: the 256 megapixels that
// can be scaled down, of four bytes each. A device may have no end.
const mostRead = 1 << 30

// ReadFile reads a file, or for the name [Stdin] all of stdin. It ends with the context, as a
// pipe may stay silent for ever: what reads it is left behind then.
func ReadFile(ctx context.Context, name string, stdin io.Reader) ([]byte, error) {
	type content struct {
		data []byte
		err  error
	}
	read := make(chan content, 1)
	go func() {
		data, err := readAll(name, stdin)
		read <- content{data, err}
	}()
	select {
	case c := <-read:
		return c.data, c.err
	case <-ctx.Done():
		return nil, fmt.Errorf("read %s: %w", name, ctx.Err())
	}
}

func readAll(name string, stdin io.Reader) ([]byte, error) {
	if name == Stdin {
		return readAtMost(stdin, "read the standard input", "the standard input", mostRead)
	}
	file, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.Contains(name, "://"):
		return nil, fmt.Errorf("%w: of addresses, those of http and https are read", err)
	case err != nil:
		return nil, err
	}
	defer file.Close()
	return readAtMost(file, "read "+name, name, mostRead)
}

// readAtMost reads to the end, but no more than so many bytes. Its errors tell what it was doing, or
// what is too large.
func readAtMost(r io.Reader, doing, what string, most int64) ([]byte, error) {
	var data bytes.Buffer
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			data.Grow(int(min(info.Size(), most)) + bytes.MinRead) // the size, and room to find the end
		}
	}
	if _, err := data.ReadFrom(io.LimitReader(r, most+1)); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	if int64(data.Len()) > most {
		return nil, api.Errorf(api.TooLarge, "%s is over %d MB", what, most>>20)
	}
	return data.Bytes(), nil
}

// List replaces each folder among the arguments by its pictures and videos, sorted by name, and if it
// is recursive by those of its folders too. The notes tell, a line for each folder, what
// was passed over. A path that can't be read is kept: it becomes a failed picture of its own.
func List(args []string, recursive bool) (sources []Source, notes []string, err error) {
	for i, arg := range args {
		if arg == Stdin && slices.Contains(args[:i], Stdin) {
			return nil, nil, fmt.Errorf("- is given twice: the standard input is one picture")
		}
		info, err := os.Stat(arg)
		if arg == Stdin || isURL(arg) || err != nil || !info.IsDir() {
			sources = append(sources, Source{Name: arg})
			continue
		}
		found, skipped, err := walk(arg, recursive)
		if err != nil {
			return nil, nil, fmt.Errorf("list pictures: %w", err)
		}
		if len(found) == 0 {
			reason := fmt.Sprintf("looked for %s", strings.Join(append(slices.Clone(suffixes), videoSuffixes...), " "))
			if skipped.folders > 0 {
				reason += "; --recursive looks into its folders"
			}
			return nil, nil, fmt.Errorf("no pictures in %s (%s)", arg, reason)
		}
		sources = append(sources, found...)
		if note := skipped.String(); note != "" {
			notes = append(notes, arg+": "+note)
		}
	}
	return sources, notes, nil
}

// passedOver counts what a folder holds besides pictures. Hidden files are not counted.
type passedOver struct{ files, folders int }

func (p passedOver) String() string {
	var parts []string
	if p.files > 0 {
		parts = append(parts, count(p.files, "file")+" without a picture's name")
	}
	if p.folders > 0 {
		parts = append(parts, count(p.folders, "folder")+" (--recursive looks into them)")
	}
	if len(parts) == 0 {
		return ""
	}
	return "skipped " + strings.Join(parts, " and ")
}

// walk lists the pictures in a folder, which may be a link to one. Links in it to other
// folders are not followed, as they may lead back.
func walk(folder string, recursive bool) (found []Source, skipped passedOver, err error) {
	err = fs.WalkDir(os.DirFS(folder), ".", func(below string, entry fs.DirEntry, err error) error {
		if err != nil || below == "." {
			return err
		}
		below = filepath.FromSlash(below)
		path := filepath.Join(folder, below)
		hidden := strings.HasPrefix(entry.Name(), ".") // macOS leaves ._a.jpg next to a.jpg
		switch {
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir() && !recursive:
			skipped.folders++
			return fs.SkipDir
		case entry.IsDir() || hidden:
		case slices.Contains(suffixes, strings.ToLower(filepath.Ext(path))) || (Source{Name: path}).isVideo():
			s := Source{Name: path, below: below}
			// Of a link it is what it leads to.
			if info, err := os.Stat(path); err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice) != 0 {
				s.err = errors.New("this is a pipe or a device, which is read only where it is named itself") // it may stay silent
			}
			found = append(found, s)
		default:
			skipped.files++
		}
		return nil
	})
	return found, skipped, err
}
