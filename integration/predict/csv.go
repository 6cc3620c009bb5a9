package predict

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/yolambda/yolambda/lambda/api"
)

// columns are those of the CSV. Boxes are in pixels of the upright picture; a class of a
// whole picture has none.
var columns = []string{"file", "width", "height", "class_id", "class", "confidence", "x1", "y1", "x2", "y2"}

// rows writes one row a detection, or a class of a classified picture, as RFC 4180 has it.
type rows struct {
	w     *csv.Writer
	begun bool
}

func newCSV(w io.Writer) *rows { return &rows{w: csv.NewWriter(w)} }

func (t *rows) Write(r Result) error {
	t.begin()
	if r.Err == nil {
		for _, d := range r.Reply.Detections {
			t.row(r, d.ClsID, d.Cls, d.Conf, d.Box[:])
		}
		for _, c := range r.Reply.Classification {
			t.row(r, c.ClsID, c.Cls, c.Conf, nil)
		}
	}
	t.w.Flush()
	return t.w.Error()
}

func (t *rows) begin() {
	if !t.begun {
		t.w.Write(columns) // its error is kept for Error
		t.begun = true
	}
}

func (t *rows) row(r Result, id int, class string, conf float32, box []int) {
	var size api.Image
	if r.Reply.Image != nil {
		size = *r.Reply.Image
	}
	row := []string{r.Name, strconv.Itoa(size.Width), strconv.Itoa(size.Height), strconv.Itoa(id), class,
		strconv.FormatFloat(float64(conf), 'g', -1, 32)}
	for i := range 4 {
		cell := ""
		if box != nil {
			cell = strconv.Itoa(box[i])
		}
		row = append(row, cell)
	}
	t.w.Write(row)
}

func (t *rows) Close() error {
	t.begin()
	t.w.Flush()
	return t.w.Error()
}
