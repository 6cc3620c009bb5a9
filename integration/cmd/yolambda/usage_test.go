package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every mistake on the command line gets status 2, a message that names it,
// and nothing on the standard output.
func TestUsageErrors(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "a.jpg")
	for _, path := range []string{picture, filepath.Join(dir, "sub", "a.jpg")} {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	empty := t.TempDir()
	for _, folder := range []string{"HOME", "XDG_CONFIG_HOME", "APPDATA"} {
		t.Setenv(folder, empty) // nobody's settings
	}
	t.Setenv("YOLAMBDA_URL", "")
	t.Setenv("YOLAMBDA_STACK", "")
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	const url = "--url=http://127.0.0.1:1/"
	tests := []struct {
		args []string
		text string
	}{
		{nil, "predict"},
		{[]string{"detect"}, "unexpected argument detect"},
		{[]string{"predict"}, "<image>"},
		{[]string{"predict", picture}, "--local, --url URL or --stack NAME"},
		{[]string{"predict", "--local", url, picture}, "can't be used together"},
		{[]string{"predict", url, "--stack=s", picture}, "can't be used together"},
		{[]string{"predict", url, "--model=m.onnx", picture}, "go with --local"},
		{[]string{"predict", "--local", "--unsigned", picture}, "are for a deployed function"},
		{[]string{"predict", "--local", "--domain=detect.example.org", picture}, "are for a deployed function"},
		{[]string{"predict", "--stack=s", "--unsigned", picture}, "--url of a public domain"},
		{[]string{"predict", url, "--unsigned", "--domain=detect.example.org", picture}, "--url of a public domain"},
		{[]string{"predict", url, "--conf=1.5", picture}, "not a number from 0 to 1"},
		{[]string{"predict", url, "--iou=half", picture}, "not a number from 0 to 1"},
		{[]string{"predict", url, "--imgsz=7", picture}, "whole number from 32"},
		{[]string{"predict", url, "--max-det=0", picture}, "max_det"},
		{[]string{"predict", url, "--letterbox=left", picture}, "corner, center"},
		{[]string{"predict", url, "--classes=a,,b", picture}, "empty class name"},
		{[]string{"predict", url, "--mask=gif", picture}, "polygon, rle, png"},
		{[]string{"predict", url, "--rect=maybe", picture}, "true or false"},
		{[]string{"predict", url, "--tile=8", picture}, "whole number from 64"},
		{[]string{"predict", url, "--tile-overlap=1", picture}, "not a number from 0 to 0.9"},
		{[]string{"predict", url, "--models=.", picture}, "go with --local"},
		{[]string{"predict", url, "--format=gif", picture}, "must be one of"},
		{[]string{"predict", url, "--json", "--format=coco", picture}, "give one of the two"},
		{[]string{"predict", url, "--json", "--format=roboflow", "-o", "b.jpg", picture}, "goes without -o"},
		{[]string{"predict", url, "--format=ultralytics", "--save-crops", dir, picture}, "goes without -o"},
		{[]string{"predict", url, "--format=labelme", "--save-labels", dir, "--mask=rle", picture}, "no place for run lengths"},
		{[]string{"predict", url, "--colour=red", picture}, "--colour"},
		{[]string{"predict", url, "--every=often", picture}, "neither a number of frames"},
		{[]string{"predict", url, "--jobs=-1", picture}, "from 1 to 1000"},
		{[]string{"predict", url, empty}, "no pictures in"},
		{[]string{"predict", url, "-o", filepath.Join(dir, "b.gif"), picture}, ".jpg or .png"},
		{[]string{"predict", url, "-o", picture, picture}, "written over"},
		{[]string{"predict", url, "-o", dir, picture}, "written over"},
		{[]string{"predict", url, "-o", picture, picture, "other.jpg"}, "need a folder"},
		{[]string{"predict", url, "-o", filepath.Join(dir, "new.jpg"), picture, "other.jpg"}, "several pictures need a folder"},
		{[]string{"predict", url, "-o", plain, picture}, "a .jpg or .png file"},
		{[]string{"predict", url, "-j", "0", picture}, "-j 0 is not from 1 to 1000"},
		{[]string{"predict", url, "-o", filepath.Join(dir, "new.GIF"), picture, "other.jpg"}, "several pictures need a folder"},
		{[]string{"predict", url, "-o", "-", picture}, "a file or a folder"},
		{[]string{"predict", url, "-o", "-", picture, "other.jpg"}, "a file or a folder"},
		{[]string{"predict", url, "-o", empty, picture, filepath.Join(dir, "sub", "a.jpg")}, "would both be written"},
		{[]string{"serve", "--addr", "9000"}, "HOST:PORT"},
		{[]string{"serve", "--addr", "0.0.0.0:0"}, "open to other machines"},
		{[]string{"serve", "--access-key", "A"}, "go together"},
		{[]string{"serve", "--concurrency", "0"}, "at least 1"},
		{[]string{"serve", "--timeout", "0s"}, "above 0"},
		{[]string{"invoke", "event.json"}, "--local"},
		{[]string{"invoke", "--local", "--function=f", "event.json"}, "can't be used together"},
		{[]string{"invoke", "--function=f", "--model=m.onnx", "event.json"}, "go with --local"},
		{[]string{"bench", url, "-n", "0", picture}, "at least 1"},
		{[]string{"bench", url, "--cold", "3", picture}, "go with --local"},
		{[]string{"bench", url, "--form=png", picture}, "must be one of"},
		{[]string{"bench", url, "--batch=2", "--form=raw", picture}, "goes without --form"},
		{[]string{"bench", "--local", "--bare=b", "-c", "2", picture}, "one request at a time"},
		{[]string{"bench", "--local", "--bare=b", "--imgsz=320", picture}, "at its own size"},
		{[]string{"bench", picture}, "--local, --url URL or --stack NAME"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			var out, errs bytes.Buffer
			status := run(t.Context(), tt.args, &streams{in: strings.NewReader(""), out: &out, err: &errs})
			if status != exitUsage || out.Len() > 0 || !strings.Contains(errs.String(), tt.text) {
				t.Errorf("status %d, output %q, errors %q; want %d and %q", status, &out, &errs, exitUsage, tt.text)
			}
		})
	}
}
