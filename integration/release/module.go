package release

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// packed is a module as Go's commands download it.
type packed struct {
	module.Version
	goMod, zip []byte
}

// pack makes the archive of a module, as Go would make it of the commit.
func pack(g git, folder, version, commit string) (packed, error) {
	p := packed{Version: of(folder, version)}
	var archive bytes.Buffer
	if err := zip.CreateFromVCS(&archive, p.Version, g.root, commit, folder); err != nil {
		return p, fmt.Errorf("pack %s: %w", p.Path, err)
	}
	goMod, err := g.run("show", commit+":"+folder+"/go.mod")
	if err != nil {
		return p, err
	}
	p.goMod, p.zip = []byte(goMod+"\n"), archive.Bytes()
	return p, nil
}

// sums are the two lines of a go.sum.
func (p packed) sums() ([]string, error) {
	dir, err := os.MkdirTemp("", "yolambda-release-*")
	if err != nil {
		return nil, fmt.Errorf("hash %s: %w", p.Path, err)
	}
	defer os.RemoveAll(dir)
	archive := filepath.Join(dir, "zip")
	if err := os.WriteFile(archive, p.zip, 0o600); err != nil {
		return nil, fmt.Errorf("hash %s: %w", p.Path, err)
	}
	ofZip, err := dirhash.HashZip(archive, dirhash.Hash1)
	if err != nil {
		return nil, fmt.Errorf("hash %s: %w", p.Path, err)
	}
	ofMod, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(p.goMod)), nil
	})
	if err != nil {
		return nil, fmt.Errorf("hash go.mod of %s: %w", p.Path, err)
	}
	return []string{
		fmt.Sprintf("%s %s %s", p.Path, p.Version.Version, ofZip),
		fmt.Sprintf("%s %s/go.mod %s", p.Path, p.Version.Version, ofMod),
	}, nil
}

// requireLambda sets the version of lambda in a go.mod.
func requireLambda(goMod []byte, version string) ([]byte, error) {
	file, err := modfile.Parse("go.mod", goMod, nil)
	if err != nil {
		return nil, err
	}
	if len(file.Replace) > 0 {
		return nil, fmt.Errorf("it replaces %s: go install refuses such a module", file.Replace[0].Old.Path)
	}
	if err := file.AddRequire(repository+"lambda", version); err != nil {
		return nil, err
	}
	return file.Format()
}

// sumLambda sets lambda's hashes in a go.sum.
func sumLambda(goSum []byte, lambda packed) ([]byte, error) {
	sums, err := lambda.sums()
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(goSum)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, lambda.Path+" ") {
			sums = append(sums, line)
		}
	}
	slices.Sort(sums)
	return []byte(strings.Join(sums, "\n") + "\n"), nil
}

// joinLambda has go.work take the folder for the version that the other modules
// name: until it is published, Go finds it nowhere else.
func joinLambda(goWork []byte, version string) ([]byte, error) {
	file, err := modfile.ParseWork("go.work", goWork, nil)
	if err != nil {
		return nil, err
	}
	lambda := of("lambda", version)
	for _, old := range slices.Clone(file.Replace) {
		if old.Old.Path != lambda.Path {
			continue
		}
		if err := file.DropReplace(old.Old.Path, old.Old.Version); err != nil {
			return nil, err
		}
	}
	if err := file.AddReplace(lambda.Path, version, "./lambda", ""); err != nil {
		return nil, err
	}
	file.Cleanup()
	return modfile.Format(file.Syntax), nil
}
