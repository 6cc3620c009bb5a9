package predict

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

func TestParseEvery(t *testing.T) {
	for text, want := range map[string]Every{"1": {Frames: 1}, "30": {Frames: 30}, "1s": {Time: time.Second}, "500ms": {Time: 500 * time.Millisecond}} {
		if got, err := ParseEvery(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "0s", "-1s", "1ns", "often", "1.5"} {
		if got, err := ParseEvery(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// greys makes a video of 40 frames, 10 a second, each 4 levels of grey lighter than the one before.
func greys(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a clip: with odd name.mp4")
	command := exec.Command(yolotest.Tool(t, "ffmpeg"), "-nostdin", "-v", "error", "-f", "lavfi",
		"-i", "color=black:s=64x48:r=10:d=4,geq=lum=16+5*N:cb=128:cr=128", "-c:v", "mpeg4", "-q:v", "1", "file:"+path)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// Each frame is the one that its name says.
func TestFrames(t *testing.T) {
	video := Source{Name: greys(t)}
	tests := []struct {
		every  Every
		frames []int // of the video
		names  []string
	}{
		{Every{Frames: 15}, []int{0, 15, 30}, []string{"#frame=0", "#frame=15", "#frame=30"}},
		{Every{Time: time.Second}, []int{0, 10, 20, 30}, []string{"#t=0", "#t=1", "#t=2", "#t=3"}},
		{Every{Time: 1500 * time.Millisecond}, []int{0, 15, 30}, []string{"#t=0", "#t=1.5", "#t=3"}},
		{Every{Frames: 100}, []int{0}, []string{"#frame=0"}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.every), func(t *testing.T) {
			i := 0
			for frame := range video.frames(t.Context(), tt.every) {
				if frame.err != nil {
					t.Fatal(frame.err)
				}
				if i >= len(tt.frames) {
					i++
					continue
				}
				if got := strings.TrimPrefix(frame.Name, video.Name); got != tt.names[i] {
					t.Errorf("frame %d is called %s, want %s", i, got, tt.names[i])
				}
				picture, err := jpeg.Decode(bytes.NewReader(frame.made))
				if err != nil {
					t.Fatal(err)
				}
				grey, _, _, _ := picture.At(30, 20).RGBA()
				// 219 levels of the video are 255 of the picture.
				if got := float64(grey>>8) / 5 * 219 / 255; got < float64(tt.frames[i])-0.5 || got > float64(tt.frames[i])+0.5 {
					t.Errorf("%s shows frame %.2f, want %d", frame.Name, got, tt.frames[i])
				}
				i++
			}
			if i != len(tt.frames) {
				t.Errorf("%d frames, want %d", i, len(tt.frames))
			}
		})
	}
}

// Whoever takes no more frames, or ends, ends ffmpeg; and a file that is no video fails.
func TestFramesEnd(t *testing.T) {
	video := Source{Name: greys(t)}
	for range video.frames(t.Context(), Every{Frames: 1}) {
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for frame := range video.frames(ctx, Every{Frames: 1}) {
		t.Errorf("%s came after the end", frame.Name)
	}
	text := Source{Name: writeFile(t, t.TempDir(), "text.mp4", "no video")}
	given := 0
	for frame := range text.frames(t.Context(), Every{Frames: 1}) {
		given++
		if frame.err == nil || !strings.Contains(frame.err.Error(), "ffmpeg") || frame.Name != text.Name {
			t.Errorf("%+v", frame)
		}
	}
	if given != 1 {
		t.Errorf("%d results of what is no video", given)
	}
	t.Setenv("PATH", "")
	for frame := range video.frames(t.Context(), Every{Frames: 1}) {
		if frame.err == nil || !strings.Contains(frame.err.Error(), "not installed") {
			t.Errorf("%+v", frame)
		}
	}
}

// What writes no parts of a form after the first is told of, and not waited for.
func TestFramesBroken(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program that stands in for ffmpeg is a script")
	}
	bin := t.TempDir()
	program := writeFile(t, bin, "ffmpeg", "#!/bin/sh\nprintf -- '--yolambda-frame\\r\\n\\r\\nframe\\r\\n--yolambda-frame but not quite\\r\\n'\nexec head -c 1000000 /dev/zero\n")
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var last Source
	for frame := range (Source{Name: "clip.mp4"}).frames(ctx, Every{Frames: 1}) {
		last = frame
	}
	if ctx.Err() != nil || last.err == nil || !strings.Contains(last.err.Error(), "ffmpeg") {
		t.Errorf("%v; the last is %+v", ctx.Err(), last)
	}
}

func TestForeign(t *testing.T) {
	for data, want := range map[string]string{
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic": "HEIC",
		"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1": "AVIF",
		"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif": "AVIF",
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic": "HEIC",
		"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42": "",
		"\x00\x00\x00\x18ftyp":                             "",
		"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00": "",
		"": "",
	} {
		if got := foreign([]byte(data)); got != want {
			t.Errorf("%q: %q, want %q", data, got, want)
		}
	}
}

func FuzzForeign(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"))
	f.Add([]byte("\xff\xff\xff\xffftypavif\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) { foreign(data) })
}
