package api

import (
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func ptr[T any](v T) *T { return &v }

// decoded is a value as encoding/json decodes it into an any.
func decoded(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSet sets every option under each of its names, in JSON and as the string
// of a query.
func TestSet(t *testing.T) {
	for _, tt := range []struct {
		names string // with | between
		json  string // "" where the form does not exist
		query string
		want  Options
	}{
		{"imgsz|size", "640", "640", Options{ImgSize: 640}},
		{"imgsz", "6.4e2", " 640 ", Options{ImgSize: 640}},
		{"imgsz", "32", "32", Options{ImgSize: MinImgSize}},
		{"imgsz", "4096", "4096", Options{ImgSize: MaxImgSize}},
		{"imgsz", `"320"`, "320.0", Options{ImgSize: 320}},
		{"conf_thres|conf|confidence", "0.25", "0.25", Options{Conf: ptr(0.25)}},
		{"conf", "0", "0", Options{Conf: ptr(0.0)}},
		{"conf", "1", "1e0", Options{Conf: ptr(1.0)}},
		{"iou_thres|iou|overlap", "0.7", ".7", Options{IoU: ptr(0.7)}},
		{"max_det", "1", "1", Options{MaxDet: 1}},
		{"max_det", "3000", "3000", Options{MaxDet: MaxMaxDet}},
		{"classes", `["person", "7", "2"]`, "person,7,2", Options{Classes: []string{"person", "7", "2"}}},
		{"classes", `"traffic light"`, " traffic light ", Options{Classes: []string{"traffic light"}}},
		{"classes", `"0"`, "0", Options{Classes: []string{"0"}}},
		{"agnostic_nms", "true", "true", Options{AgnosticNMS: true}},
		{"agnostic_nms", `"1"`, "TRUE", Options{AgnosticNMS: true}},
		{"agnostic_nms", "false", "0", Options{}},
		{"tile", "64", "64", Options{Tile: MinTile}},
		{"tile", "8192", "8192", Options{Tile: MaxTile}},
		{"tile_overlap", "0.9", "0.9", Options{TileOverlap: ptr(MaxTileOverlap)}},
		{"tile_overlap", "0", "0", Options{TileOverlap: ptr(0.0)}},
		{"model", `"yolo11n"`, "yolo11n", Options{Model: "yolo11n"}},
		{"letterbox", `"corner"`, "corner", Options{Letterbox: Corner}},
		{"letterbox", `"center"`, "center", Options{Letterbox: Center}},
		{"rect", "false", "false", Options{Rect: ptr(false)}},
		{"rect", "true", "True", Options{Rect: ptr(true)}},
		{"mask", `"polygon"`, "polygon", Options{Mask: Polygon}},
		{"mask", `"rle"`, "rle", Options{Mask: RunLengths}},
		{"mask", `"png"`, "png", Options{Mask: PNG}},
		{"format", `"yolambda"`, "yolambda", Options{Format: NativeFormat}},
		{"format", `"ultralytics"`, "ultralytics", Options{Format: UltralyticsFormat}},
		{"format", `"roboflow"`, "roboflow", Options{Format: RoboflowFormat}},
		{"format", `"image"`, "image", Options{Format: PictureFormat}},
	} {
		for _, name := range strings.Split(tt.names, "|") {
			for form, v := range map[string]any{"json " + tt.json: decoded(t, tt.json), "query " + tt.query: tt.query} {
				t.Run(name+" "+form, func(t *testing.T) {
					var got Options
					if err := got.Set(name, v); err != nil {
						t.Fatal(err)
					}
					if d := cmp.Diff(tt.want, got); d != "" {
						t.Errorf("-want +got\n%s", d)
					}
				})
			}
		}
	}
}

// TestClassIDs: a number of JSON is an id, whatever the classes are called.
func TestClassIDs(t *testing.T) {
	for text, want := range map[string]Options{
		"0":             {ClassIDs: []int{0}},
		`[2, 7]`:        {ClassIDs: []int{2, 7}},
		`["2", 7, "a"]`: {Classes: []string{"2", "a"}, ClassIDs: []int{7}},
	} {
		var got Options
		if err := got.Set("classes", decoded(t, text)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", text, d)
		}
		if d := cmp.Diff(want, fromJSON(t, Request{Options: got})); d != "" {
			t.Errorf("%s by JSON: -want +got\n%s", text, d)
		}
	}
}

// TestSetQuery: a name that is given twice is a list, and two names of one option are refused.
func TestSetQuery(t *testing.T) {
	for query, want := range map[string]string{
		"":                            "",
		"conf=0.5&imgsz=320":          "conf_thres=0.5&imgsz=320",
		"classes=person&classes=7":    "classes=person%2C7",
		"imgsz=320&imgsz=640":         `invalid_request: option imgsz: ["320","640"] is not a whole number from 32 to 4096`,
		"size=320&imgsz=640":          "invalid_request: option imgsz is given twice, as imgsz and as size",
		"zoom=1&conf=2":               `invalid_request: option conf: "2" is not a number from 0 to 1`,
		"conf=0.5&confidence=0.5&x=1": "invalid_request: option conf_thres is given twice, as conf and as confidence",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var o Options
		got := ""
		if err := o.SetQuery(values); err != nil {
			got = err.Error()
		} else {
			got = o.Query().Encode()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestSetRefuses holds the words that a caller reads.
func TestSetRefuses(t *testing.T) {
	const known = "agnostic_nms, classes, conf_thres|conf|confidence, format, imgsz|size, iou_thres|iou|overlap, " +
		"letterbox, mask, max_det, model, rect, tile, tile_overlap"
	for _, tt := range []struct{ name, json, want string }{
		{"imgsz", "31", "option imgsz: 31 is not a whole number from 32 to 4096"},
		{"size", "4097", "option size: 4097 is not a whole number from 32 to 4096"},
		{"imgsz", "640.5", "option imgsz: 640.5 is not a whole number from 32 to 4096"},
		{"imgsz", `"big"`, `option imgsz: "big" is not a whole number from 32 to 4096`},
		{"imgsz", `""`, `option imgsz: "" is not a whole number from 32 to 4096`},
		{"imgsz", `"NaN"`, `option imgsz: "NaN" is not a whole number from 32 to 4096`},
		{"imgsz", `"1e999"`, `option imgsz: "1e999" is not a whole number from 32 to 4096`},
		{"imgsz", "[640, 480]", "option imgsz: [640,480] is not a whole number from 32 to 4096"},
		{"imgsz", "null", "option imgsz: null is not a whole number from 32 to 4096"},
		{"conf", "1.01", "option conf: 1.01 is not a number from 0 to 1"},
		{"confidence", "-0.1", "option confidence: -0.1 is not a number from 0 to 1"},
		{"conf_thres", `"nan"`, `option conf_thres: "nan" is not a number from 0 to 1`},
		{"iou", "true", "option iou: true is not a number from 0 to 1"},
		{"overlap", "30", "option overlap: 30 is not a number from 0 to 1"},
		{"max_det", "0", "option max_det: 0 is not a whole number from 1 to 3000"},
		{"max_det", "3001", "option max_det: 3001 is not a whole number from 1 to 3000"},
		{"classes", "[]", "option classes: the list is empty; leave the option out to keep every class"},
		{"classes", `""`, `option classes: "" holds an empty class name`},
		{"classes", `"a,,b"`, `option classes: "a,,b" holds an empty class name`},
		{"classes", "[1.5]", "option classes: 1.5 is not a class name or id"},
		{"classes", "[[1]]", "option classes: [1] is not a class name or id"},
		{"classes", "{}", "option classes: {} is not a list of class names or ids"},
		{"agnostic_nms", "1", "option agnostic_nms: 1 is not true or false"},
		{"agnostic_nms", `"yes"`, `option agnostic_nms: "yes" is not true or false`},
		{"rect", "null", "option rect: null is not true or false"},
		{"tile", "63", "option tile: 63 is not a whole number from 64 to 8192"},
		{"tile_overlap", "0.91", "option tile_overlap: 0.91 is not a number from 0 to 0.9"},
		{"model", `""`, `option model: "" is not a name`},
		{"model", "1", "option model: 1 is not a name"},
		{"letterbox", `"centre"`, `option letterbox: "centre" is not one of corner, center`},
		{"letterbox", "1", "option letterbox: 1 is not one of corner, center"},
		{"mask", `"gif"`, `option mask: "gif" is not one of polygon, rle, png`},
		{"format", `"coco"`, `option format: "coco" is not one of yolambda, ultralytics, roboflow, image`},
		{"imgsz", `"` + strings.Repeat("9", 80) + `"`, `option imgsz: "` + strings.Repeat("9", 59) + "… is not a whole number from 32 to 4096"},
		{"conf", `"<b>"`, `option conf: "<b>" is not a number from 0 to 1`},
		{"Imgsz", "640", `option "Imgsz" is unknown; known are ` + known},
		{"", "1", `option "" is unknown; known are ` + known},
	} {
		t.Run(tt.name+" "+tt.json, func(t *testing.T) {
			var o Options
			err := o.Set(tt.name, decoded(t, tt.json))
			var e *Error
			if !errors.As(err, &e) || e.Code != InvalidRequest || e.Message != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// every is every option, with values that show when they are mixed up.
var every = Options{
	ImgSize: 320, Conf: ptr(0.125), IoU: ptr(0.0), MaxDet: 7, Classes: []string{"person", "7", "hot dog"},
	AgnosticNMS: true, Tile: 512, TileOverlap: ptr(0.25), Model: "yolo11n", Letterbox: Center, Rect: ptr(false), Mask: RunLengths, Format: NativeFormat,
}

func TestQuery(t *testing.T) {
	const want = "agnostic_nms=true&classes=person%2C7%2Chot+dog&conf_thres=0.125&format=yolambda&imgsz=320&iou_thres=0" +
		"&letterbox=center&mask=rle&max_det=7&model=yolo11n&rect=false&tile=512&tile_overlap=0.25"
	if got := every.Query().Encode(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := (Options{}).Query(); len(got) != 0 {
		t.Errorf("nothing asked makes %v", got)
	}
}

// setAll sets the options that a request holds.
func setAll(t testing.TB, fields map[string]any) Options {
	t.Helper()
	var o Options
	for name, v := range fields {
		if err := o.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func fromQuery(t testing.TB, q url.Values) Options {
	t.Helper()
	fields := map[string]any{}
	for name, values := range q {
		fields[name] = values[0]
	}
	return setAll(t, fields)
}

func fromJSON(t testing.TB, r Request) Options {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, "image")
	return setAll(t, fields)
}

// TestRoundTrip writes every option and reads it back.
func TestRoundTrip(t *testing.T) {
	for _, want := range []Options{
		{}, every,
		{Conf: ptr(0.0), IoU: ptr(1.0), Rect: ptr(true)},
		{Conf: ptr(1e-9), IoU: ptr(1.0 / 3), Classes: []string{"naïve 名"}},
	} {
		if d := cmp.Diff(want, fromQuery(t, want.Query())); d != "" {
			t.Errorf("by query: -want +got\n%s", d)
		}
		if d := cmp.Diff(want, fromJSON(t, Request{Options: want})); d != "" {
			t.Errorf("by JSON: -want +got\n%s", d)
		}
	}
}

func FuzzOptions(f *testing.F) {
	for _, o := range options {
		for _, text := range []string{"640", "0.5", `"a,b"`, "true", `["a", 1]`, `"center"`, `"rle"`, "null", `"0x1p-2"`, `{"a":[]}`} {
			f.Add(o.name, text)
		}
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		values := []any{text}
		var v any
		if json.Unmarshal([]byte(text), &v) == nil {
			values = append(values, v)
		}
		for _, v := range values {
			var o Options
			if err := o.Set(name, v); err != nil {
				var e *Error
				if !errors.As(err, &e) || e.Code != InvalidRequest || len(e.Message) > 500 {
					t.Fatalf("error %v", err)
				}
				continue
			}
			for _, p := range []*float64{o.Conf, o.IoU} {
				if p != nil && (math.IsNaN(*p) || *p < 0 || *p > 1) {
					t.Errorf("%s = %v is out of range", name, *p)
				}
			}
			if o.ImgSize < 0 || o.ImgSize > MaxImgSize || o.MaxDet < 0 || o.MaxDet > MaxMaxDet {
				t.Errorf("%s is out of range: %+v", name, o)
			}
			// JSON has no other than valid UTF-8, and a query no name with a comma and no numbers.
			if utf8.ValidString(o.Model + "," + strings.Join(o.Classes, ",")) {
				if d := cmp.Diff(o, fromJSON(t, Request{Options: o})); d != "" {
					t.Errorf("by JSON: -want +got\n%s", d)
				}
			}
			if o.ClassIDs == nil && !strings.Contains(strings.Join(o.Classes, ""), ",") {
				if d := cmp.Diff(o, fromQuery(t, o.Query())); d != "" {
					t.Errorf("by query: -want +got\n%s", d)
				}
			}
		}
	})
}
