package yolo

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

func TestParseMetadata(t *testing.T) {
	for _, tt := range []struct {
		name  string
		props map[string]string
		want  Metadata // Stride 32 if zero
	}{
		{"nothing", nil, Metadata{}},
		{"all", props("task: pose", "names: {0: 'a', 1: 'b'}", "stride: 64", "imgsz: [480, 640]", "kpt_shape: [2, 3]",
			"kpt_names: {0: ['nose', 'eye'], 1: ['nose', 'eye']}", "end2end: True", "args: {'nms': True, 'x': None}",
			"description: d", "license: AGPL-3.0"),
			Metadata{Task: Pose, Names: []string{"a", "b"}, Stride: 64, ImgSize: Size{480, 640}, KeypointShape: [2]int{2, 3},
				KeypointNames: []string{"nose", "eye"}, EndToEnd: true, EmbeddedNMS: true, Description: "d", License: "AGPL-3.0"}},
		{"sparse names", props("names: {0: 'a', 2: 'c'}"), Metadata{Names: []string{"a", "", "c"}}},
		{"names as list", props("names: ['a', \"b\"]"), Metadata{Names: []string{"a", "b"}}},
		{"names as JSON", props(`names: {"0": "a", "1": "b"}`), Metadata{Names: []string{"a", "b"}}},
		{"names of numbers and None", props("names: {0: 7, 1: None, 2: 'c'}"), Metadata{Names: []string{"7", "", "c"}}},
		{"no names in the dict", props("names: {}"), Metadata{}},
		{"one size", props("imgsz: 320"), Metadata{ImgSize: Size{320, 320}}},
		{"stride written as a float", props("stride: 32.0"), Metadata{}},
		{"end2end is false", props("end2end: False", "args: {'nms': None}"), Metadata{}},
		{"args that can't be read", props("args: {'device': device(type='cpu')}"), Metadata{}},
		{"args that are no dict", props("args: [1]"), Metadata{}},
		{"stretched", props("yolambda_resize: stretch"), Metadata{Stretched: true}},
		{"letterboxed", props("yolambda_resize: letterbox"), Metadata{}},
		{"keypoint names as a list", props("kpt_names: ['nose']"), Metadata{}},
		{"unknown keys", props("docs: https://", "channels: 3"), Metadata{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want.Stride == 0 {
				tt.want.Stride = 32
			}
			got, err := ParseMetadata(tt.props)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestParseMetadataRefuses(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"task: track", `read metadata task = "track": unknown task; known are detect, segment, pose, obb, classify, semantic, depth`},
		{"task: ", `read metadata task = "": unknown task; known are detect, segment, pose, obb, classify, semantic, depth`},
		{"names: {0: 'a'", `read metadata names = "{0: 'a'": want ',' or '}' before ""`},
		{"names: 'a'", `read metadata names = "'a'": want a dict or a list`},
		{"names: {'a': 0}", `read metadata names = "{'a': 0}": class id a is not a number`},
		{"names: {-1: 'a'}", `read metadata names = "{-1: 'a'}": class id -1 is not a whole number below 100000`},
		{"names: {0.5: 'a'}", `read metadata names = "{0.5: 'a'}": class id 0.5 is not a whole number below 100000`},
		{"names: {100000: 'a'}", `read metadata names = "{100000: 'a'}": class id 100000 is not a whole number below 100000`},
		{"names: {'NaN': 'a'}", `read metadata names = "{'NaN': 'a'}": class id NaN is not a whole number below 100000`},
		{"stride: 0", `read metadata stride = "0": want a whole number from 1 to 256`},
		{"stride: [8, 16, 32]", `read metadata stride = "[8, 16, 32]": want a whole number from 1 to 256`},
		{"stride: NaN", `read metadata stride = "NaN": want a whole number from 1 to 256`},
		{"yolambda_resize: crop", `read metadata yolambda_resize = "crop": want stretch or letterbox`},
		{"imgsz: []", `read metadata imgsz = "[]": want one or two numbers`},
		{"imgsz: [1, 2, 3]", `read metadata imgsz = "[1, 2, 3]": want one or two numbers`},
		{"imgsz: [0, 640]", `read metadata imgsz = "[0, 640]": 0 is not a whole number from 1 to 16384`},
		{"imgsz: 1e9", `read metadata imgsz = "1e9": 1e+09 is not a whole number from 1 to 16384`},
		{"kpt_shape: [17]", `read metadata kpt_shape = "[17]": want [keypoints, 2 or 3]`},
		{"kpt_shape: [17, 4]", `read metadata kpt_shape = "[17, 4]": want [keypoints, 2 or 3]`},
		{"kpt_shape: [1001, 3]", `read metadata kpt_shape = "[1001, 3]": 1001 is not a whole number from 1 to 1000`},
		{"kpt_names: {", `read metadata kpt_names = "{": want a value before ""`},
	} {
		t.Run(tt.line, func(t *testing.T) {
			m, err := ParseMetadata(props(tt.line))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %+v and %v, want %s", m, err, tt.want)
			}
		})
	}
}

// TestSharedNames reads the nine constant models, whose metadata try the ways to
// write names.
func TestSharedNames(t *testing.T) {
	unnamed := []string{"class0", "class1", "class2", "class3"}
	for name, want := range map[string][]string{
		"names-plain":      {"circle", "square", "triangle", "star"},
		"names-list":       {"circle", "square", "triangle", "star"},
		"names-json":       {"a", "b", "c", "d"},
		"names-quotes":     {"it's", `a "q"`, `back\slash`, "naïve: 名, {x}"},
		"names-bothquotes": {`it's "b"`, "b", "c", "d"},
		"names-yamlish":    {"no", "null", "1", "true"},
		"names-sparse":     {"a", "class1", "c", "d"},
		"names-nonames":    unnamed,
		"nometadata":       unnamed,
	} {
		t.Run(name, func(t *testing.T) {
			file, err := onnx.Parse(yolotest.Read(t, yolotest.Shared(t, "models", "const-v8-"+name+".onnx")))
			if err != nil {
				t.Fatal(err)
			}
			m, err := New(file, outputs{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for class := range m.Classes {
				got = append(got, m.Name(class))
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if m.Task != Detect {
				t.Errorf("task %q", m.Task)
			}
		})
	}
}

func TestClasses(t *testing.T) {
	m := &Model{Metadata: Metadata{Names: []string{"cat", "", "1", "traffic light", "cat"}}, Classes: 5}
	for _, tt := range []struct {
		text string
		want []int
	}{
		{"cat", []int{0, 4}}, {"traffic light", []int{3}}, {"3", []int{3}},
		{"1", []int{2}}, // a name goes before an id
		{"", nil}, {"5", nil}, {"-1", nil}, {"Cat", nil}, {"0.0", nil},
	} {
		if got := m.ClassIDs(tt.text); !slices.Equal(got, tt.want) || got == nil { // nil would be all, as an option
			t.Errorf("%q is %#v, want %v", tt.text, got, tt.want)
		}
	}
	for text, want := range map[string]string{
		"Cat": "cat", "traffic_light": "traffic light", "trafic lihgt": "traffic light", "cut": "cat", "zebra": "", "": "",
	} {
		if got := m.SimilarClass(text); got != want {
			t.Errorf("%q is like %q, want %q", text, got, want)
		}
	}
	if m.Name(1) != "class1" || m.Name(9) != "class9" || m.Name(-1) != "class-1" {
		t.Errorf("names of unnamed classes: %q, %q, %q", m.Name(1), m.Name(9), m.Name(-1))
	}
}
