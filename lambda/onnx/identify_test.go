package onnx

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// archive is a ZIP archive of members of this name.
func archive(names ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if f, err := w.Create(name); err == nil {
			f.Write(make([]byte, 5000))
		}
	}
	w.Close()
	return b.String()
}

// TestIdentify: first what a file is, then the way out.
func TestIdentify(t *testing.T) {
	for _, tt := range []struct{ name, data, what, wayOut string }{
		{"nothing", "", "an empty file", "download"},
		{"LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS pointer", "git lfs pull"},
		{"page", "\n<!DOCTYPE HTML><html>", "web page", "not the page"},
		{"OpenVINO", "<?xml version=\"1.0\"?>\n<net name=\"m\">", "OpenVINO", "format=onnx"},
		{"gzip", "\x1f\x8b\x08\x00", "gzip", "gunzip"},
		{"checkpoint", archive("best/data.pkl"), "PyTorch", "make model MODEL=best.pt"},
		{"checkpoint whose pickle comes last", archive("a", "b", "best/data.pkl"), "PyTorch", "make model"},
		{"Keras", archive("metadata.json", "model.weights.h5"), "Keras", "tf2onnx"},
		{"any archive", archive("model.onnx"), "ZIP archive", "unzip"},
		{"old weights", "\x80\x02\x8a\nl\xfc\x9c", "pickle", "make model"},
		{"safetensors", "\x20\x01\x00\x00\x00\x00\x00\x00{\"a\":", "safetensors", "format=onnx"},
		{"TensorFlow Lite", "\x1c\x00\x00\x00TFL3\x00", "TensorFlow Lite", "format=onnx"},
		{"ORT", "\x1c\x00\x00\x00ORTM\x00", "ONNX Runtime's own format", ".onnx file"},
		{"ncnn", "7767517\n200 233\n", "ncnn", "format=onnx"},
		{"page with a mark before it", "\xef\xbb\xbf<!-- saved -->\n<!doctype html><html>", "web page", "not the page"},
		{"page in XML", "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"\"><html>", "web page", "not the page"},
		{"answer of S3", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", "an XML document", "download"},
		{"torch.export", archive("yolo/archive_format", "yolo/models/model.json"), "torch.export", "make model"},
		{"TensorRT", "ftrt\x00", "TensorRT", "format=onnx"},
		{"TensorRT of Ultralytics", "\x28\x01\x00\x00{\"description\": \"\"}ftrt", "TensorRT", "format=onnx"},
		{"Core ML", "\x08\x07\x12\xf0\x01\x0a\x3c\x0a\x05image\x1a", "Core ML", "format=onnx"},
		{"SavedModel", "\x08\x01\x12\x20\x0a\x10", "SavedModel", "tf2onnx"},
		{"frozen graph", "\x0a\x14\x0a\x05input\x12\x0bPlaceholder", "graph of TensorFlow", "tf2onnx"},
		{"Paddle", "\x0a\x20\x08\x00\x1a\x04feed", "PaddlePaddle", "paddle2onnx"},
		{"Caffe", "\x0a\x03VGG\xa2\x06\x20Convolution", "Caffe", "format=onnx"},
		{"Rockchip", "RKNN\x00\x00", "RKNN", "format=onnx"},
		{"Hailo", "\x01HEF\x00", "Hailo", "format=onnx"},
		{"Darknet's weights", "\x00\x00\x00\x00\x02\x00\x00\x00\x05\x00\x00\x00", "Darknet", "cfg"},
		{"video", "\x00\x00\x00\x20ftypisom", "video", ".onnx file"},
		{"PDF", "%PDF-1.7\n\xff", "PDF", ".onnx file"},
		{"WebP", "RIFF\x00\x00\x00\x00WEBP", "a picture", ".onnx file"},
		{"JSON", `{"format": "graph-model"}`, "JSON", "format=onnx"},
		{"picture", "\xff\xd8\xff\xe0", "a picture", ".onnx file"},
		{"library", "\x7fELF\x02", "library", ".onnx file"},
		{"text", "404: Not Found", "text", "download"},
		{"ONNX", string(fixture(t, "squares")), "", ""},
		{"noise", "\x08\x01\x02\x00\xff", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			what, wayOut := Identify([]byte(tt.data))
			if !strings.Contains(what, tt.what) || !strings.Contains(wayOut, tt.wayOut) || (what == "") != (tt.what == "") {
				t.Errorf("%q, %q, want %q, %q", what, wayOut, tt.what, tt.wayOut)
			}
			if tt.what != "" {
				if _, err := Parse([]byte(tt.data)); !errors.Is(err, ErrNotONNX) || !strings.Contains(err.Error(), what) {
					t.Errorf("Parse: %v", err)
				}
			}
		})
	}
}

// TestParseRefuses: sound files that ONNX Runtime cannot open as they are.
func TestParseRefusesVersions(t *testing.T) {
	varint := func(b []byte, number protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), v)
	}
	message := func(b []byte, number protowire.Number, m []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), m)
	}
	entry := message(message(nil, 1, []byte("location")), 2, []byte("best.onnx.data"))
	weights := message(message(nil, 8, []byte("w")), 13, entry)
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"IR", message(varint(nil, 1, 14), 7, nil), "version 14 of ONNX's format (IR)"},
		{"opset", message(message(varint(nil, 1, 10), 7, nil), 8, varint(nil, 2, 30)), "opset 30"},
		{"external data", message(varint(nil, 1, 8), 7, message(nil, 5, weights)), `a file of their own, "best.onnx.data"`},
		{"no graph", varint(nil, 1, 8), "it has no graph; export the model again"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.data)
			if !errors.Is(err, ErrNotONNX) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestForeignFiles: the shared files that are not a model to run.
func TestForeignFiles(t *testing.T) {
	for name, want := range map[string][2]string{
		"lfs_pointer": {"Git LFS pointer", "git lfs pull"}, "page": {"web page", "download"}, "zipped": {"gzip", "gunzip"},
		"weights_pt": {"PyTorch weights", "make model MODEL=best.pt"}, "empty": {"an empty file", "download"},
		"openvino": {"OpenVINO", "format=onnx"}, "tflite": {"TensorFlow Lite", "format=onnx"},
		"too_new_ir": {"IR", "older"}, "too_new_opset": {"opset 30", "opset=20"}, "external": {"external.onnx.data", "one file"},
	} {
		data, err := os.ReadFile(yolotest.Shared(t, "foreign", name+".onnx"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Parse(data)
		if !errors.Is(err, ErrNotONNX) {
			t.Fatalf("%s: %v", name, err)
		}
		if what, way := strings.Index(err.Error(), want[0]), strings.Index(err.Error(), want[1]); what < 0 || way < what {
			t.Errorf("%s: %v, want first %q, then %q", name, err, want[0], want[1])
		}
	}
}
