// Command sbom writes the bill of materials of what is deployed, as CycloneDX
// JSON, and a table of its licences: the Go modules in the function's program,
// ONNX Runtime, and the models. It fails where one of them may not ship: its
// licence is copyleft, or not known to be anything else.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// parts are the files that are deployed, but for the program: any build of it
// tells the modules.
type parts struct {
	bootstrap string   // the function's program
	library   string   // ONNX Runtime's shared library
	manifest  string   // package.json of the npm package that the library is from
	models    []string // their .onnx files
}

func run(args []string, out io.Writer) error {
	var p parts
	flags := flag.NewFlagSet("sbom", flag.ContinueOnError)
	flags.StringVar(&p.bootstrap, "bootstrap", "", "the function's program")
	flags.StringVar(&p.library, "library", "", "ONNX Runtime's shared library")
	flags.StringVar(&p.manifest, "manifest", "node_modules/onnxruntime-node/package.json", "package.json of the npm package that the library is from")
	flags.Func("model", "a model's .onnx file; may be repeated", func(path string) error {
		p.models = append(p.models, path)
		return nil
	})
	target := flags.String("o", "", "the file to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if p.bootstrap == "" || p.library == "" || len(p.models) == 0 || *target == "" {
		return errors.New("needs -bootstrap, -library, -model and -o")
	}
	bom, err := bill(p)
	if err != nil {
		return err
	}
	if err := write(*target, bom); err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range *bom.Components {
		fmt.Fprintf(table, "%s\t%s\t%s\n", c.Name, c.Version, licences(c))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return checkLicences(*bom.Components)
}

func write(path string, bom *cdx.BOM) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create bill of materials: %w", err)
	}
	defer f.Close()
	err = cdx.NewBOMEncoder(f, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6)
	if err != nil {
		return fmt.Errorf("write bill of materials: %w", err)
	}
	return f.Close()
}
