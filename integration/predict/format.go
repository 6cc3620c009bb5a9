package predict

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/yolambda/yolambda/integration/terminal"
	"github.com/yolambda/yolambda/lambda/api"
)

// Format is a form in which results are written.
type Format string

// The formats. Those of one document or stream are written by [Job.NewWriter], those of a
// file for each picture to [Output.Labels].
const (
	Table       Format = "table"
	JSON        Format = "json"  // one array
	JSONLines   Format = "jsonl" // one object a line
	CSV         Format = "csv"
	COCO        Format = "coco"
	YOLO        Format = "yolo"
	LabelMe     Format = "labelme"
	Native      Format = Format(api.NativeFormat) // as JSONLines
	Ultralytics Format = Format(api.UltralyticsFormat)
	Roboflow    Format = Format(api.RoboflowFormat)
)

// dialect is the function's format that the job asks for, empty for its own.
func (f Format) dialect() api.Format {
	if f == Ultralytics || f == Roboflow {
		return api.Format(f)
	}
	return ""
}

// TellsErrors reports whether failed pictures have a place among the results.
func (f Format) TellsErrors() bool {
	return f == JSON || f == JSONLines || f == Native || f.dialect() != ""
}

// labelSuffix is that of the files of a format with one for each picture, else empty.
func (f Format) labelSuffix() string {
	switch f {
	case YOLO:
		return ".txt"
	case LabelMe:
		return ".json"
	}
	return ""
}

// label is the content of a picture's file, which goes to path.
func (f Format) label(s Source, path string, picture []byte, reply *api.Response) ([]byte, error) {
	if f == YOLO {
		return yoloLabel(reply)
	}
	return labelMe(s, path, picture, reply)
}

// checkFormat refuses what the format has no place for, as far as it is known beforehand.
func (j *Job) checkFormat() error {
	j.Options.Format = j.Format.dialect()
	files := j.Output != Output{}
	perPicture := j.Format.labelSuffix() != ""
	switch {
	case j.Options.Format != "" && files:
		return fmt.Errorf("--format %s goes without -o, --save-crops and --save-labels: they need the function's own replies", j.Format)
	case perPicture && j.Output.Labels == "":
		return fmt.Errorf("--format %s is a file for each picture: name their folder with --save-labels", j.Format)
	case !perPicture && j.Output.Labels != "":
		return errors.New("--save-labels goes with --format yolo or labelme")
	case j.Options.Mask == api.RunLengths && (j.Format == YOLO || j.Format == LabelMe):
		return fmt.Errorf("--format %s has no place for run lengths: leave --mask out", j.Format)
	}
	return nil
}

// fits refuses a reply that the format can't hold.
func (f Format) fits(r *api.Response) error {
	if f == Table || r == nil || f.TellsErrors() {
		return nil
	}
	what := ""
	switch {
	case r.Image == nil:
		return errors.New("the reply does not tell the picture's size: is this function older than this program?")
	case r.Semantic != nil || r.Depth != nil:
		what = "a map"
	case r.Classification != nil && (f == COCO || f == YOLO):
		what = "a picture's classes"
	}
	if what == "" {
		return nil
	}
	return fmt.Errorf("--format %s has no place for %s: use --format json or jsonl", f, what)
}

// Writer writes results, in the order of the pictures.
type Writer interface {
	Write(Result) error
	// Close completes the document. What was broken off is not closed.
	Close() error
}

// NewWriter writes the job's results to w in its format. What the model knows it asks the
// function, for formats that say so.
func (j *Job) NewWriter(ctx context.Context, w io.Writer) (Writer, error) {
	if j.Format != Table {
		w = terminal.Cleaned(w)
	}
	switch j.Format {
	case Table:
		return &table{w: w, style: terminal.StyleOf(w)}, nil
	case JSON:
		return &list{w: w}, nil
	case CSV:
		return newCSV(w), nil
	case COCO:
		model, err := j.describe(ctx)
		return newCOCO(w, model), err
	case YOLO:
		return j.newClassList(ctx)
	case LabelMe:
		return nowhere{}, nil
	}
	return &lines{w: w}, nil
}

// nowhere is the writer of a format whose files are all written.
type nowhere struct{}

func (nowhere) Write(Result) error { return nil }
func (nowhere) Close() error       { return nil }
