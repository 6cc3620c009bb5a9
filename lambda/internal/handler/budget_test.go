package handler

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// imagesRequest asks for several pictures.
func imagesRequest(options string, pictures ...[]byte) request {
	list := make([]string, len(pictures))
	for i, p := range pictures {
		list[i] = `"` + base64.StdEncoding.EncodeToString(p) + `"`
	}
	return request{body: []byte(`{"images":[` + strings.Join(list, ",") + `]` + options + `}`)}
}

// Small files that claim many pixels are refused together, before they are decoded.
func TestPixelBudget(t *testing.T) {
	claim := bytes.Clone(photo) // 36 million pixels
	binary.BigEndian.PutUint32(claim[16:], 6000)
	binary.BigEndian.PutUint32(claim[20:], 6000)
	binary.BigEndian.PutUint32(claim[29:], crc32.ChecksumIEEE(claim[12:29]))
	pictures := append([][]byte{photo}, slices.Repeat([][]byte{claim}, 6)...)
	reply := imagesRequest("", append(pictures, photo)...).send(t, detector(t))
	var got api.Batch
	decode(t, []byte(reply.Body), &got)
	if len(got.Results) != 8 || got.Results[0].Response == nil {
		t.Fatalf("status %d: %.500s", reply.StatusCode, reply.Body)
	}
	for i, r := range got.Results[1:] {
		want := api.BrokenPicture // alone it is merely that
		if i >= 5 {
			want = api.TooLarge
		}
		if r.Error == nil || r.Error.Code != want {
			t.Errorf("picture %d: %v, want %s", i+1, r.Error, want)
		}
	}
	if e := got.Results[6].Error; e != nil && !strings.Contains(e.Message, "216.0 million pixels; 200 million are allowed") {
		t.Error(e)
	}
}

// A reply that is too large ends the work as soon as it is.
func TestReplyBudget(t *testing.T) {
	anchors := make([][]float32, 500)
	for i := range anchors {
		anchors[i] = []float32{float32(i % 60), float32(i / 60), 2, 2, 0.9, 0.1, 0.1}
	}
	crowd, person := raw(anchors...), strings.Repeat("person", 40)
	for _, format := range []string{"yolambda", "ultralytics", "roboflow"} {
		var log bytes.Buffer
		h := newLoggedHandler(t, file("detect", map[string]string{"names": "{0: '" + person + "', 1: 'car', 2: 'dog'}"}, crowd), always(crowd), &log, io.Discard)
		reply := imagesRequest(`,"max_det":3000,"iou":1,"conf":0,"format":"`+format+`"`, slices.Repeat([][]byte{photo}, 64)...).send(t, h)
		checkError(t, []byte(reply.Body), api.TooLarge, "the limit is 5500000")
		if n := strings.Count(log.String(), "picture answered"); n < 5 || n > 50 {
			t.Errorf("%s: %d pictures were looked at", format, n)
		}
	}
}

// A drawing that is too large is not finished.
func TestDrawingBudget(t *testing.T) {
	noise := image.NewNRGBA(image.Rect(0, 0, 1800, 1800)) // 10 MB that no PNG makes smaller
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(noise.Pix) // it never fails
	for i := 3; i < len(noise.Pix); i += 4 {
		noise.Pix[i] = 255
	}
	picture := yolotest.PNG(noise)
	reply := request{query: "format=image", accept: "image/png", body: picture, binary: true}.send(t, detector(t))
	checkError(t, []byte(reply.Body), api.TooLarge, "the limit is 5500000")
	if !strings.Contains(reply.Body, "ask for a JPEG (Accept: image/jpeg)") || strings.Contains(reply.Body, "max_det") {
		t.Errorf("no way out of it: %s", reply.Body)
	}
	found := regexp.MustCompile(`at least (\d+) bytes`).FindStringSubmatch(reply.Body)
	if found == nil {
		t.Fatal(reply.Body)
	}
	if n, err := strconv.Atoi(found[1]); err != nil || n <= maxReply || n > maxReply*11/10 {
		t.Errorf("%s bytes were written of a reply of some %d: %v", found[1], base64.StdEncoding.EncodedLen(len(picture)), err)
	}
}

// An imgsz beyond the function's memory is refused with the limit and the value.
func TestMemoryBudget(t *testing.T) {
	f := file("detect", nil, detections)
	f.Inputs[0].Shape = []int{1, 3, 0, 0}
	f.Outputs[0].Shape = []int{1, 7, 0}
	f.Props["imgsz"] = "[64, 64]"
	models := NewModels([]string{"test.onnx"}, func(string) (*yolo.Model, error) { return yolo.New(f, always(detections)) })
	h, err := New(Config{Models: models, Log: slog.New(slog.DiscardHandler), Memory: 512})
	if err != nil {
		t.Fatal(err)
	}
	for query, text := range map[string]string{
		"imgsz=1280":           "",
		"imgsz=4096":           "3072 x 4096 pixels (height x width), 12.6 million; the memory here allows 1.3 million",
		"imgsz=1280&rect=0":    "1280 x 1280 pixels",
		"imgsz=4096&tile=8192": "3072 x 4096",
	} {
		reply := request{query: query, body: photo, binary: true}.send(t, h)
		if text == "" {
			if reply.StatusCode != 200 {
				t.Errorf("%s: %s", query, reply.Body)
			}
			continue
		}
		checkError(t, []byte(reply.Body), api.TooLarge, text)
	}
}
