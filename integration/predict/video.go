package predict

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime/multipart"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// videoSuffixes are the names of video files, whose frames are looked at.
var videoSuffixes = []string{".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi"}

// boundary parts the frames that ffmpeg writes.
const boundary = "yolambda-frame"

// Every says which frames of a video are looked at: each so manieth, or the one that is
// shown every so often.
type Every struct {
	Frames int
	Time   time.Duration
}

// ParseEvery reads a whole number of frames, or a time such as 500ms.
func ParseEvery(text string) (Every, error) {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return Every{Frames: n}, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d >= time.Millisecond {
		return Every{Time: d}, nil
	}
	return Every{}, fmt.Errorf("%q is neither a number of frames, from 1, nor a time such as 2s or 500ms", text)
}

// filter chooses the frames, in ffmpeg's words. Their times are counted anew, so that none is
// repeated to keep the video's rate.
func (e Every) filter() string {
	if e.Time > 0 {
		return fmt.Sprintf("fps=fps=1000000/%d:round=up:start_time=0,settb=1/25,setpts=N", e.Time.Microseconds())
	}
	return fmt.Sprintf(`select=not(mod(n\,%d)),settb=1/25,setpts=N`, e.Frames)
}

// place is that of the frame number i of those chosen, from 0: a media fragment of the
// video's name, and the same for a file's name.
func (e Every) place(i int) (fragment, suffix string) {
	if e.Time > 0 {
		seconds := strconv.FormatFloat((time.Duration(i) * e.Time).Seconds(), 'f', -1, 64)
		return "#t=" + seconds, "-" + seconds + "s"
	}
	return fmt.Sprintf("#frame=%d", i*e.Frames), fmt.Sprintf("-%d", i*e.Frames)
}

// isVideo goes by the name of what may be read.
func (s Source) isVideo() bool {
	return s.err == nil && s.isFile() && slices.Contains(videoSuffixes, strings.ToLower(filepath.Ext(s.Name)))
}

// frames are pictures of a video, as ffmpeg decodes them, upright. The last is a failed
// one, named as the video, where ffmpeg failed.
func (s Source) frames(ctx context.Context, every Every) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		given := 0
		err := eachFrame(ctx, s.Name, every, func(frame []byte) bool {
			fragment, suffix := every.place(given)
			given++
			below := strings.TrimSuffix(s.rel(), filepath.Ext(s.Name)) + suffix + ".jpg"
			return yield(Source{Name: s.Name + fragment, below: below, made: frame})
		})
		if errors.Is(err, errEnough) || ctx.Err() != nil {
			return
		}
		if err == nil && given == 0 {
			err = errors.New("read video: it has no frames")
		}
		if err != nil {
			s.err = err
			yield(s)
		}
	}
}

var errEnough = errors.New("no more frames are wanted")

// eachFrame hands each frame to take, as a JPEG file, until that wants no more. ffmpeg may read
// nothing but the file: a playlist in it leads nowhere.
func eachFrame(ctx context.Context, path string, every Every, take func([]byte) bool) error {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return errors.New("read video: this needs ffmpeg, which is not installed (apt install ffmpeg, brew install ffmpeg)")
	}
	command := exec.CommandContext(ctx, program, "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i", "file:"+path,
		"-map", "0:v:0", "-vf", every.filter(), "-r", "25", "-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", "2",
		"-f", "mpjpeg", "-boundary_tag", boundary, "pipe:1")
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.StdoutPipe()
	if err != nil {
		return fmt.Errorf("read video: %w", err)
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("read video: %w", err)
	}
	unread := readFrames(out, take)
	if unread != nil {
		command.Process.Kill() // it would wait for somebody to read the rest
	}
	err = command.Wait()
	switch {
	case errors.Is(unread, errEnough):
		return errEnough
	case unread != nil:
		return fmt.Errorf("read video: what ffmpeg writes: %w", unread)
	case err != nil:
		return fmt.Errorf("read video: ffmpeg: %w: %s", err, lastLine(complaint.String()))
	}
	return nil
}

// readFrames goes through the parts of ffmpeg's output, to its end unless there is an error, errEnough
// for one. That it ends without a last boundary is its way; whether it is complete its exit status tells.
func readFrames(out io.Reader, take func([]byte) bool) error {
	for parts := multipart.NewReader(out, boundary); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		frame, err := io.ReadAll(part)
		if err != nil || len(frame) == 0 {
			continue
		}
		if !take(frame) {
			return errEnough
		}
	}
}

// lastLine is where a program says what went wrong.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
