package main

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/yolambda/yolambda/lambda/onnx"
)

// bill lists what the parts are made of. The same parts give the same bill: it
// has neither a date nor a serial number.
func bill(p parts) (*cdx.BOM, error) {
	info, err := buildinfo.ReadFile(p.bootstrap)
	if err != nil {
		return nil, fmt.Errorf("read modules of the program: %w", err)
	}
	components, err := modules(info)
	if err != nil {
		return nil, err
	}
	library, err := runtimeLibrary(p.library, p.manifest)
	if err != nil {
		return nil, err
	}
	components = append(components, library)
	for _, path := range p.models {
		model, err := modelFile(path)
		if err != nil {
			return nil, err
		}
		components = append(components, model)
	}
	// Without a hash: the CDK compiles what is deployed, for a CPU that is perhaps
	// not this machine's. Its modules are the same but for golang.org/x/sys, which
	// only the build for x86_64 has.
	program := cdx.Component{
		BOMRef: "yolambda", Type: cdx.ComponentTypeApplication, Name: "yolambda", Licenses: licence("Apache-2.0"),
	}
	var refs []string
	for _, c := range components {
		refs = append(refs, c.BOMRef)
	}
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &program}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: program.BOMRef, Dependencies: &refs}}
	return bom, nil
}

// modules are the Go modules in a program, less the project's own, and the
// standard library.
func modules(info *debug.BuildInfo) ([]cdx.Component, error) {
	std, err := standardLibrary(info.GoVersion)
	if err != nil {
		return nil, err
	}
	components := []cdx.Component{std}
	dirs, err := download(info.Deps)
	if err != nil {
		return nil, err
	}
	for _, module := range info.Deps {
		if module.Sum == "" {
			continue // a folder of the project
		}
		// A module's sum in go.sum is a SHA-256 over the hashes of its files.
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(module.Sum, "h1:"))
		if err != nil {
			return nil, fmt.Errorf("read sum of %s: %w", module.Path, err)
		}
		ids, err := scanLicences(dirs[module.Path])
		if err != nil {
			return nil, err
		}
		purl := "pkg:golang/" + module.Path + "@" + module.Version
		components = append(components, cdx.Component{
			BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: module.Path, Version: module.Version, PackageURL: purl,
			Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum)}}, Licenses: licence(ids...),
		})
	}
	return components, nil
}

func standardLibrary(version string) (cdx.Component, error) {
	root, err := goOutput("env", "GOROOT")
	if err != nil {
		return cdx.Component{}, err
	}
	ids, err := scanLicences(strings.TrimSpace(string(root)))
	if err != nil {
		return cdx.Component{}, err
	}
	purl := "pkg:golang/std@" + strings.TrimPrefix(version, "go")
	return cdx.Component{
		BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: "std", Version: version, PackageURL: purl, Licenses: licence(ids...),
	}, nil
}

// runtimeLibrary is ONNX Runtime, whose npm package tells version and licence.
func runtimeLibrary(path, manifest string) (cdx.Component, error) {
	data, err := os.ReadFile(manifest)
	if err != nil {
		return cdx.Component{}, fmt.Errorf("read the library's package: %w", err)
	}
	var npm struct{ Name, Version, License string }
	if err := json.Unmarshal(data, &npm); err != nil {
		return cdx.Component{}, fmt.Errorf("read the library's package: %w", err)
	}
	c, err := fileComponent(cdx.ComponentTypeLibrary, "ONNX Runtime", path)
	if err != nil {
		return cdx.Component{}, err
	}
	// What is linked into it asks for its notices to travel with it.
	for _, notice := range []string{"LICENSE", "ThirdPartyNotices.txt"} {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "..", "licences", "onnxruntime", notice)); err != nil {
			return cdx.Component{}, fmt.Errorf("find the licences of ONNX Runtime next to its library: %w", err)
		}
	}
	c.Version = npm.Version
	c.PackageURL = "pkg:npm/" + npm.Name + "@" + npm.Version
	c.Licenses = licence(npm.License)
	return c, nil
}

// modelFile is a model, which tells its name, version and licence itself.
func modelFile(path string) (cdx.Component, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return cdx.Component{}, fmt.Errorf("read model: %w", err)
	}
	model, err := onnx.Parse(data)
	if err != nil {
		return cdx.Component{}, fmt.Errorf("read model %s: %w", path, err)
	}
	c, err := fileComponent(cdx.ComponentTypeMachineLearningModel, filepath.Base(path), path)
	if err != nil {
		return cdx.Component{}, err
	}
	c.Description = model.Props["description"]
	c.Version = model.Props["version"]
	c.Licenses = licence(cmp.Or(model.Props["license"], unknown))
	return c, nil
}

// fileComponent names a file by its SHA-256.
func fileComponent(kind cdx.ComponentType, name, path string) (cdx.Component, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return cdx.Component{}, fmt.Errorf("hash %s: %w", name, err)
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	return cdx.Component{
		BOMRef: name + "@sha256:" + hash, Type: kind, Name: name,
		Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hash}},
	}, nil
}
