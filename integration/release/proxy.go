package release

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"
)

// WriteProxy writes the modules of a tagged release into dir, laid out as a module
// proxy: with GOPROXY=file://DIR, Go's commands find the release before it is
// published anywhere.
func WriteProxy(ctx context.Context, root, version, dir string) error {
	if err := check(version); err != nil {
		return err
	}
	g := git{ctx, root}
	date, err := g.run("log", "-1", "--format=%cI", version)
	if err != nil {
		return err
	}
	when, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return fmt.Errorf("read date of %s: %w", version, err)
	}
	for _, folder := range modules {
		p, err := pack(g, folder, version, folder+"/"+version)
		if err != nil {
			return err
		}
		if err := p.write(dir, when); err != nil {
			return fmt.Errorf("write proxy: %w", err)
		}
	}
	return nil
}

// write lays the module out as https://go.dev/ref/mod#goproxy-protocol says.
func (p packed) write(dir string, when time.Time) error {
	escaped, err := module.EscapePath(p.Path)
	if err != nil {
		return err
	}
	folder := filepath.Join(dir, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{p.Version.Version, when.UTC()})
	if err != nil {
		return err
	}
	for suffix, data := range map[string][]byte{".info": info, ".mod": p.goMod, ".zip": p.zip} {
		if err := os.WriteFile(filepath.Join(folder, p.Version.Version+suffix), data, 0o666); err != nil {
			return err
		}
	}
	list := filepath.Join(folder, "list")
	versions, _ := os.ReadFile(list) // none yet: the file is not there
	if strings.Contains(string(versions), p.Version.Version+"\n") {
		return nil
	}
	return os.WriteFile(list, append(versions, p.Version.Version+"\n"...), 0o666)
}
