package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/licensecheck"
)

// permissive are the licences that may ship, by their SPDX identifiers. They
// ask for their notice to be kept and for nothing of the code next to them.
var permissive = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "Zlib"}

// unknown is what SPDX calls a licence that nobody found.
const unknown = "NOASSERTION"

// leastCoverage is how much of a file's text, in percent, has to be that of
// known licences; the same as on pkg.go.dev.
const leastCoverage = 75

// scanLicences reads the licence files of a folder. Nothing that it knows gives
// unknown.
func scanLicences(dir string) (ids []string, err error) {
	for _, pattern := range []string{"LICENSE*", "LICENCE*", "COPYING*"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("find licences: %w", err)
		}
		for _, path := range paths {
			if filepath.Base(path) == "LICENSE-SUMMARY" {
				continue // aws-lambda-go's; it tells which of the others is for what
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("read licence: %w", err)
			}
			found := licensecheck.Scan(text)
			if found.Percent < leastCoverage {
				ids = append(ids, unknown)
			}
			for _, match := range found.Match {
				ids = append(ids, match.ID)
			}
		}
	}
	if len(ids) == 0 {
		return []string{unknown}, nil
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// licence writes licences down: known ones by their identifier, others, such as
// what a model's author wrote, as a name.
func licence(ids ...string) *cdx.Licenses {
	var list cdx.Licenses
	for _, id := range ids {
		l := &cdx.License{Name: id}
		if slices.Contains(permissive, id) {
			l = &cdx.License{ID: id}
		}
		list = append(list, cdx.LicenseChoice{License: l})
	}
	return &list
}

// licences gives a component's licences in words.
func licences(c cdx.Component) string {
	var names []string
	for _, l := range *c.Licenses {
		names = append(names, l.License.ID+l.License.Name)
	}
	return strings.Join(names, ", ")
}

// checkLicences refuses every licence that is not permissive.
func checkLicences(components []cdx.Component) error {
	var errs []error
	for _, c := range components {
		for _, l := range *c.Licenses {
			if l.License.ID == "" {
				errs = append(errs, fmt.Errorf("%s %s may not ship: its licence is %q, not one of %s",
					c.Name, c.Version, l.License.Name, strings.Join(permissive, ", ")))
			}
		}
	}
	return errors.Join(errs...)
}
