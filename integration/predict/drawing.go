package predict

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
)

// Drawing is where the pictures go with what was found drawn: a file, a folder, or, as
// the zero value, nowhere.
type Drawing struct {
	file, folder string
}

// PlanDrawing reads the argument out, empty for no drawing. It is a file for one picture,
// else a folder, which is made unless its name is a picture file's. It refuses to write
// over a picture or twice to the same file.
func PlanDrawing(out string, sources []Source) (Drawing, error) {
	if out == "" {
		return Drawing{}, nil
	}
	info, err := os.Stat(out)
	isDir := err == nil && info.IsDir()
	_, named := formatOf(out)
	d := Drawing{folder: out}
	switch {
	case out == Stdin:
		return d, fmt.Errorf("-o -: an annotated picture goes to a file or a folder")
	case len(sources) == 1 && !isDir && named:
		d = Drawing{file: out}
	case len(sources) == 1 && !isDir && filepath.Ext(out) != "":
		return d, fmt.Errorf("-o %s: an annotated picture is a .jpg or .png file", out)
	case !isDir && (err == nil || slices.Contains(suffixes, strings.ToLower(filepath.Ext(out)))):
		return d, fmt.Errorf("-o %s: several pictures need a folder", out)
	}
	return d, d.check(sources)
}

// formatOf goes by the name's extension; the format is JPEG unless named.
func formatOf(name string) (format annotate.Format, named bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png":
		return annotate.PNG, true
	case ".jpg", ".jpeg":
		return annotate.JPEG, true
	}
	return annotate.JPEG, false
}

// path is where a picture's drawing goes.
func (d Drawing) path(s Source) string {
	if d.file != "" {
		return d.file
	}
	name := filepath.Base(s.Name)
	if s.Name == Stdin {
		name = "stdin"
	}
	if _, named := formatOf(name); !named {
		name += ".jpg"
	}
	return filepath.Join(d.folder, name)
}

// check refuses to write over a picture or twice to the same file.
func (d Drawing) check(sources []Source) error {
	from := map[string]string{} // path → its picture
	for _, s := range sources {
		path := d.path(s)
		if other, taken := from[path]; taken {
			return fmt.Errorf("-o: %s and %s would both be written to %s", other, s.Name, path)
		}
		from[path] = s.Name
		there, err := os.Stat(path)
		if err != nil {
			continue
		}
		for _, source := range sources {
			if info, err := os.Stat(source.Name); err == nil && os.SameFile(info, there) {
				return fmt.Errorf("-o: %s would be written over", source.Name)
			}
		}
	}
	return nil
}

// write draws the reply onto the picture and writes it.
func (d Drawing) write(s Source, picture []byte, reply *api.Response) error {
	if d == (Drawing{}) {
		return nil
	}
	path := d.path(s)
	format, _ := formatOf(path)
	drawn, err := annotate.File(picture, reply, format)
	if err != nil {
		return fmt.Errorf("draw reply: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := os.WriteFile(path, drawn, 0o666); err != nil {
		return fmt.Errorf("write annotated picture: %w", err)
	}
	return nil
}
