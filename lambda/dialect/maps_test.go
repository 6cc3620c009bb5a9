package dialect

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

func semantic(names ...string) (*yolo.Model, *yolo.Result) {
	m := &yolo.Model{Task: yolo.Semantic, Metadata: yolo.Metadata{Names: names}, Classes: len(names)}
	size := yolo.Size{H: 2, W: 4}
	return m, &yolo.Result{Picture: size, Classes: &yolo.ClassMap{Size: size, IDs: []uint8{0, 1, 1, 1, 0, 0, 1, yolo.NoClass}}}
}

func TestSemantic(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  []api.Area
	}{
		{[]string{"ground", "sky", "sea"}, []api.Area{{Cls: "ground", Pixels: 3, Share: 0.375}, {Cls: "sky", ClsID: 1, Pixels: 4, Share: 0.5}}},
		{[]string{"shape"}, []api.Area{{Cls: "shape", Pixels: 4, Share: 0.5}}}, // 1 is the only class
	} {
		m, r := semantic(tt.names...)
		got := must(Native(m, r, api.PNG, 0))
		if d := cmp.Diff(tt.want, got.Semantic.Classes); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		grey, err := png.Decode(bytes.NewReader(got.Semantic.ClassMap))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r.Classes.IDs, grey.(*image.Gray).Pix); d != "" {
			t.Errorf("class map: -want +got\n%s", d)
		}
		got = must(Native(m, r, api.RunLengths, 0))
		if last := got.Semantic.Classes[len(got.Semantic.Classes)-1]; last.Mask == nil || last.Mask.RLE == nil || got.Semantic.ClassMap != nil {
			t.Errorf("run lengths: %+v", got.Semantic)
		}
		u := must(Ultralytics(m, "test", r, 0)).Images[0].Results
		if len(u) != len(tt.want) || u[0].Confidence != nil || *u[len(u)-1].PixelRatio != 0.5 {
			t.Errorf("Ultralytics: %+v", u)
		}
	}
	m, r := semantic("ground", "sky", "sea")
	got := must(Native(m, r, api.Polygon, 0))
	Scale(got, api.Image{Width: 8, Height: 4})
	if a := got.Semantic.Classes[1]; a.Pixels != 16 || a.Mask.Polygons[0][0][0] < 2 {
		t.Errorf("scaled: %+v", a)
	}
}

func TestDepth(t *testing.T) {
	size := yolo.Size{H: 1, W: 4}
	metres := []float32{0, 0.5, 2, 3.5}
	m, r := &yolo.Model{Task: yolo.Depth}, &yolo.Result{Picture: size, Depth: &yolo.DepthMap{Size: size, Metres: metres}}
	if got := must(Native(m, r, api.Polygon, 0)).Depth; *got != (api.Depth{Min: 0.5, Max: 3.5, Mean: 2}) {
		t.Errorf("got %+v", got)
	}
	got := must(Native(m, r, api.PNG, 0)).Depth.Map
	grey, err := png.Decode(bytes.NewReader(got.PNG))
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range metres {
		v := got.Offset + got.Scale*float64(grey.(*image.Gray16).Gray16At(x, 0).Y)
		if math.Abs(v-float64(want)) > got.Scale/2+1e-9 {
			t.Errorf("%v at %d, want %v", v, x, want)
		}
	}
	if results := must(Ultralytics(m, "test", r, 0)).Images[0].Results; len(results) != 0 {
		t.Errorf("Ultralytics has no shape for depth: %v", results)
	}
}
