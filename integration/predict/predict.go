// Package predict asks a function about many pictures: it finds and reads them, sends
// several at once, and writes what comes back, in the pictures' order, in the formats that
// people and programs read.
package predict

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// Job says what to ask about which pictures. Call [Job.Check] first.
type Job struct {
	Client  *client.Client
	Options api.Options
	Sources []Source
	// Stdin is what the source [Stdin] reads.
	Stdin io.Reader
	// AtOnce is how many pictures are read, sent and written at a time, at least 1. While
	// the function refuses so many requests, fewer are sent. Client should return what is
	// throttled.
	AtOnce int
	// Every says which frames of videos are asked about.
	Every Every
	// Format is what [Job.NewWriter] writes.
	Format Format
	Output Output

	drawnFile bool // Output.Drawn is a file
	files     *files
	memory    sync.RWMutex // see decoding

	describing sync.Mutex
	about      *about
}

// Result is what became of one picture.
type Result struct {
	// Name is the source's.
	Name string
	// Body is the reply as the function wrote it, or scaled back to the picture.
	Body []byte
	// Reply is the same, read; nil in another dialect.
	Reply *api.Response
	// Wall is the time from sending to having the reply, without tries that were refused.
	Wall time.Duration
	// Notes are what the user should know besides, a line each.
	Notes []string
	Err   error
}

// Results asks about all pictures and gives the results in their order. It ends early when
// the context does; a result of a picture that it broke off is not given.
func (j *Job) Results(ctx context.Context) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		pace := newPace(j.AtOnce)
		ask := func(ctx context.Context, s Source) Result { return j.ask(ctx, pace, s) }
		for r := range inOrder(ctx, j.AtOnce, j.pictures, ask) {
			if ctx.Err() != nil || !yield(r) {
				return
			}
		}
	}
}

// pictures are the sources, and in place of a video its frames.
func (j *Job) pictures(ctx context.Context) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		for _, s := range j.Sources {
			if !s.isVideo() {
				if !yield(s) {
					return
				}
				continue
			}
			for frame := range s.frames(ctx, j.Every) {
				if !yield(frame) {
					return
				}
			}
		}
	}
}

// Total is how many pictures there are, below zero if there are videos among them.
func (j *Job) Total() int {
	if slices.ContainsFunc(j.Sources, Source.isVideo) {
		return -1
	}
	return len(j.Sources)
}

// ask asks the function about one picture and writes the files that it makes.
func (j *Job) ask(ctx context.Context, pace *pace, source Source) Result {
	r := Result{Name: source.Name}
	picture, err := source.read(ctx, j.Stdin)
	if kind := foreign(picture); kind != "" && err == nil {
		picture, err = convert(ctx, kind, picture)
		source.made = picture
	}
	if err == nil {
		err = j.send(ctx, pace, picture, &r)
	}
	if err == nil {
		err = j.Format.fits(r.Reply)
	}
	if err == nil && j.Output != (Output{}) {
		err = j.write(source, picture, r.Reply)
	}
	r.Err = err
	return r
}

// send fills the result with the function's reply to the picture.
func (j *Job) send(ctx context.Context, pace *pace, picture []byte, r *Result) error {
	sent, err := j.fit(ctx, picture, r)
	if err != nil {
		return err
	}
	request := func() ([]byte, error) { return j.Client.PredictRaw(ctx, sent.picture, j.Options) }
	if r.Body, r.Wall, err = pace.send(ctx, request); err != nil {
		return err
	}
	if j.Options.Format != "" {
		return checkDialect(r.Body, j.Options.Format)
	}
	if r.Reply, err = client.Decode(r.Body); err == nil && sent.before != nil {
		r.Body, err = scaleBack(r.Reply, *sent.before)
	}
	return err
}

// checkDialect tells a reply of another dialect from what some other server
// says.
func checkDialect(body []byte, format api.Format) error {
	key := map[api.Format]string{api.UltralyticsFormat: "images", api.RoboflowFormat: "predictions"}[format]
	var reply map[string]json.RawMessage
	if err := json.Unmarshal(body, &reply); err != nil || reply[key] == nil {
		return fmt.Errorf("read reply: it has no %s: is this URL a YOLambda function?", key)
	}
	return nil
}
