package predict

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// lines writes one line a picture: {"file": …, then the reply's own keys}, or
// {"file": …, "error": {"code", "message"}}.
type lines struct{ w io.Writer }

func (l *lines) Write(r Result) error {
	line, err := object(r)
	if err != nil {
		return err
	}
	_, err = l.w.Write(append(line, '\n'))
	return err
}

func (l *lines) Close() error { return nil }

// list writes the same objects as one array, an object a line.
type list struct {
	w     io.Writer
	begun bool
}

func (l *list) Write(r Result) error {
	line, err := object(r)
	if err != nil {
		return err
	}
	before := ",\n"
	if !l.begun {
		before = "[\n"
	}
	l.begun = true
	_, err = l.w.Write(append([]byte(before), line...))
	return err
}

func (l *list) Close() error {
	end := "\n]\n"
	if !l.begun {
		end = "[]\n"
	}
	_, err := io.WriteString(l.w, end)
	return err
}

// object is the result as one JSON object.
func object(r Result) ([]byte, error) {
	file, err := marshal(r.Name)
	if err != nil {
		return nil, err
	}
	body := r.Body
	if r.Err != nil {
		if body, err = marshal(api.ErrorBody{Error: failure(r.Err)}); err != nil {
			return nil, err
		}
	}
	line := bytes.NewBufferString(`{"file":`)
	line.Write(file)
	line.WriteByte(',')
	var rest bytes.Buffer
	if err := json.Compact(&rest, body); err != nil {
		return nil, err
	}
	line.Write(rest.Bytes()[1:]) // behind its brace; never {}: it has the dialect's key, or an error
	return line.Bytes(), nil
}

// marshal writes JSON in which a path's & is an &.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// failure gives every error the two keys of the function's own errors.
func failure(err error) *api.Error {
	_, told := client.Explain(err)
	if _, ok := errors.AsType[*fs.PathError](err); ok && told.Code == "failed" {
		told.Code = "file_error"
	}
	return told
}
