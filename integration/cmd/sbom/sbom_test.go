package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

const squares = "../../../lambda/internal/ort/testdata/squares.onnx"

// testParts are files that stand for those that are deployed. The program is
// this test, which has modules of its own.
func testParts(t *testing.T) parts {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return parts{
		bootstrap: self,
		library:   writeLibrary(t, "LICENSE", "ThirdPartyNotices.txt"),
		manifest:  writeFile(t, "package.json", `{"name":"onnxruntime-node","version":"1.2.3","license":"MIT"}`),
		models:    []string{squares},
	}
}

// writeLibrary writes a library as it lies in the layer, with the licences named.
func writeLibrary(t *testing.T, licences ...string) (path string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range append(licences, "") {
		path = filepath.Join(dir, "licences", "onnxruntime", name)
		if name == "" {
			path = filepath.Join(dir, "lib", "libonnxruntime.so")
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("library"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func writeFile(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readBOM(t *testing.T, path string) *cdx.BOM {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	bom := &cdx.BOM{}
	if err := cdx.NewBOMDecoder(f, cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		t.Fatal(err)
	}
	return bom
}

func named(t *testing.T, bom *cdx.BOM, name string) cdx.Component {
	t.Helper()
	i := slices.IndexFunc(*bom.Components, func(c cdx.Component) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("the bill does not name %s", name)
	}
	return (*bom.Components)[i]
}

// TestBill: the bill names the modules, the library and the models, each with
// its version, hash and licence.
func TestBill(t *testing.T) {
	p := testParts(t)
	target := filepath.Join(t.TempDir(), "sbom.cdx.json")
	coco := filepath.Join("..", "..", "..", "layers", "coco", "coco.onnx")
	var table bytes.Buffer
	if err := run([]string{"-bootstrap", p.bootstrap, "-library", p.library, "-manifest", p.manifest, "-model", p.models[0], "-model", coco, "-o", target}, &table); err != nil {
		t.Fatal(err)
	}
	bom := readBOM(t, target)
	fileHash := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		return hex.EncodeToString(sum[:])
	}
	tests := []struct {
		name, version, hash, licence string
		kind                         cdx.ComponentType
	}{
		{"std", "go1.", "", "BSD-3-Clause", cdx.ComponentTypeLibrary},
		{"github.com/google/licensecheck", "v0.3.1", "", "BSD-3-Clause", cdx.ComponentTypeLibrary},
		{"github.com/CycloneDX/cyclonedx-go", "v0.12.0", "", "Apache-2.0", cdx.ComponentTypeLibrary},
		{"ONNX Runtime", "1.2.3", fileHash(p.library), "MIT", cdx.ComponentTypeLibrary},
		{"squares.onnx", "", fileHash(squares), "Apache-2.0", cdx.ComponentTypeMachineLearningModel},
		{"coco.onnx", "1.", fileHash(coco), "Apache-2.0", cdx.ComponentTypeMachineLearningModel},
	}
	for _, test := range tests {
		c := named(t, bom, test.name)
		if !strings.HasPrefix(c.Version, test.version) || licences(c) != test.licence || c.Type != test.kind {
			t.Errorf("%s: version %s, licence %s, type %s", test.name, c.Version, licences(c), c.Type)
		}
		if test.hash != "" && (c.Hashes == nil || (*c.Hashes)[0].Value != test.hash) {
			t.Errorf("%s: hashes %v, want %s", test.name, c.Hashes, test.hash)
		}
		if !strings.Contains(table.String(), test.name) {
			t.Errorf("the table lacks %s:\n%s", test.name, &table)
		}
	}
	for _, c := range *bom.Components {
		if strings.HasPrefix(c.Name, "github.com/yolambda/") {
			t.Errorf("the bill names the project's own module %s", c.Name)
		}
	}
	if program := bom.Metadata.Component; program.Name != "yolambda" || program.Hashes != nil {
		t.Errorf("program: %+v, want yolambda without a hash: it is not the one that is deployed", program)
	}
}

// TestBillIsReproducible: two bills of the same parts are the same bytes.
func TestBillIsReproducible(t *testing.T) {
	p := testParts(t)
	var bills [2][]byte
	for i := range bills {
		bom, err := bill(p)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "bom")
		if err := write(path, bom); err != nil {
			t.Fatal(err)
		}
		if bills[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(bills[0], bills[1]) {
		t.Error("they differ")
	}
}

// TestCopyleft: what may not ship makes the program fail, and is named.
func TestCopyleft(t *testing.T) {
	p := testParts(t)
	p.manifest = writeFile(t, "package.json", `{"name":"onnxruntime-node","version":"1.2.3","license":"GPL-3.0-only"}`)
	var out bytes.Buffer
	err := run([]string{"-bootstrap", p.bootstrap, "-library", p.library, "-manifest", p.manifest, "-model", p.models[0], "-o", filepath.Join(t.TempDir(), "bom")}, &out)
	if err == nil || !strings.Contains(err.Error(), "ONNX Runtime 1.2.3 may not ship") || !strings.Contains(err.Error(), "GPL-3.0-only") {
		t.Errorf("error %v", err)
	}
}

// TestLibraryWithoutLicences: the layer has to hold them.
func TestLibraryWithoutLicences(t *testing.T) {
	p := testParts(t)
	p.library = writeLibrary(t, "LICENSE")
	var out bytes.Buffer
	err := run([]string{"-bootstrap", p.bootstrap, "-library", p.library, "-manifest", p.manifest, "-model", p.models[0], "-o", filepath.Join(t.TempDir(), "bom")}, &out)
	if err == nil || !strings.Contains(err.Error(), "ThirdPartyNotices.txt") {
		t.Errorf("error %v", err)
	}
}

func TestScanLicences(t *testing.T) {
	const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"none", nil, []string{unknown}},
		{"one", map[string]string{"LICENSE": mit}, []string{"MIT"}},
		{"the same twice", map[string]string{"LICENSE.txt": mit, "COPYING": mit}, []string{"MIT"}},
		{"words of one's own", map[string]string{"LICENSE": "All rights reserved."}, []string{unknown}},
		{"known and unknown", map[string]string{"LICENSE": mit, "LICENSE.other": "All rights reserved."}, []string{"MIT", unknown}},
		{"a licence and much more", map[string]string{"LICENSE": mit + strings.Repeat("You may not use it on Sundays, nor on holidays. ", 50)}, []string{"MIT", unknown}},
	}
	for _, test := range tests {
		dir := t.TempDir()
		for name, text := range test.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := scanLicences(dir); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, %v, want %v", test.name, got, err, test.want)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	p := testParts(t)
	for name, args := range map[string][]string{
		"nothing":          nil,
		"no Go program":    {"-bootstrap", p.library, "-library", p.library, "-manifest", p.manifest, "-model", p.models[0], "-o", "x"},
		"no library":       {"-bootstrap", p.bootstrap, "-library", "none", "-manifest", p.manifest, "-model", p.models[0], "-o", "x"},
		"no manifest":      {"-bootstrap", p.bootstrap, "-library", p.library, "-manifest", "none", "-model", p.models[0], "-o", "x"},
		"no model":         {"-bootstrap", p.bootstrap, "-library", p.library, "-manifest", p.manifest, "-o", "x"},
		"no ONNX file":     {"-bootstrap", p.bootstrap, "-library", p.library, "-manifest", p.manifest, "-model", p.library, "-o", "x"},
		"nowhere to write": {"-bootstrap", p.bootstrap, "-library", p.library, "-manifest", p.manifest, "-model", p.models[0], "-o", filepath.Join(t.TempDir(), "none", "x")},
	} {
		if err := run(args, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
