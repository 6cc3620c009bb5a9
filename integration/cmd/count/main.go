// Command count prints how many instructions the arm64 function executes, stage by
// stage, as tables in Markdown: see package count.
//
//	count [-imgsz 640] -model FILE.onnx [-model ...] PICTURE...
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/yolambda/yolambda/integration/count"
	"github.com/yolambda/yolambda/lambda/api"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "count:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("count", flag.ContinueOnError)
	c := count.Config{}
	flags.StringVar(&c.Bootstrap, "bootstrap", "build/count/bootstrap", "the function for arm64, with its symbols")
	flags.StringVar(&c.Library, "library", "build/bundle/arm64/opt/lib/libonnxruntime.so", "ONNX Runtime for arm64")
	flags.StringVar(&c.Plugin, "plugin", "build/count/plugin.so", "qemu's plugin")
	imgsz := flags.Int("imgsz", 160, "the longer side of the network's input, in pixels")
	var models []string
	flags.Func("model", "a model's file; may be given again", func(path string) error {
		models = append(models, path)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if len(models) == 0 || flags.NArg() == 0 {
		return fmt.Errorf("wants -model FILE.onnx and at least one picture")
	}
	for _, path := range []*string{&c.Bootstrap, &c.Library, &c.Plugin} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = absolute
	}
	var starts, requests strings.Builder
	heading(&starts, "model", count.StartStages)
	heading(&requests, "model, picture", count.RequestStages)
	for _, model := range models {
		path, err := filepath.Abs(model)
		if err != nil {
			return err
		}
		c.Model = path
		name := strings.TrimSuffix(filepath.Base(model), ".onnx")
		if err := tables(ctx, c, name, flags.Args(), *imgsz, &starts, &requests); err != nil {
			return fmt.Errorf("%s: %w", model, err)
		}
	}
	_, err := fmt.Fprintf(out, "Million instructions on a Neoverse N1, one thread, input %d; the milliseconds are bounds and estimates.\n\n%s\n%s", *imgsz, &starts, &requests)
	return err
}

// tables counts one model: each picture is asked about twice, and the second one counts;
// the first of all is the request of a cold start.
func tables(ctx context.Context, c count.Config, name string, pictures []string, imgsz int, starts, requests io.Writer) error {
	var events [][]byte
	for _, picture := range append(pictures, pictures[0]) {
		data, err := os.ReadFile(picture)
		if err != nil {
			return err
		}
		event, err := json.Marshal(api.Request{Image: api.NewPicture(data), Options: api.Options{ImgSize: imgsz}})
		if err != nil {
			return err
		}
		events = append(events, event, event)
	}
	report, err := count.Function(ctx, c, events[:len(events)-1]) // the last one ends the one before it
	if err != nil {
		return err
	}
	row(starts, name, report.Start, count.StartStages)
	row(requests, name+", first", report.Requests[0], count.RequestStages)
	for i, picture := range pictures {
		row(requests, name+", "+strings.TrimSuffix(filepath.Base(picture), filepath.Ext(picture)), report.Requests[2*i+1], count.RequestStages)
	}
	return nil
}

func heading(w io.Writer, first string, stages []string) {
	fmt.Fprintf(w, "| %s | %s | sum | FMLA | FMLA half | DOT | at least | at 2 a cycle |\n|---|%s\n",
		first, strings.Join(stages, " | "), strings.Repeat("---|", len(stages)+6))
}

func row(w io.Writer, name string, of count.Stages, stages []string) {
	fmt.Fprintf(w, "| %s ", name)
	for _, stage := range stages {
		fmt.Fprintf(w, "| %.2f ", millions(of[stage].All))
	}
	sum := of.Sum()
	fmt.Fprintf(w, "| %.1f | %.1f | %.1f | %.1f | %.1f ms | %.1f ms |\n", millions(sum.All), millions(sum.FMLA32), millions(sum.FMLA16), millions(sum.Dot),
		milliseconds(sum.AtLeast()), milliseconds(sum.Estimate()))
}

func millions(n uint64) float64            { return float64(n) / 1e6 }
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
