package ui_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/integration/price"
	"github.com/yolambda/yolambda/lambda/annotate"
)

// The page's shared.js is made of the packages that know: it draws as package
// annotate does, and counts with the prices of package price.
//
//	go test ./integration/ui -run Shared -update
func TestShared(t *testing.T) {
	const path = "page/shared.js"
	want := sharedJS(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("go test ./integration/ui -run Shared -update writes it anew (-Go +page):\n%s", diff)
	}
}

// sharedJS is the module's text.
func sharedJS(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("// Made from Go's packages by `go test ./integration/ui -run Shared -update`: change those.\n")
	constant := func(comment, name string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n/** %s */\nexport const %s = %s;\n", comment, name, strings.NewReplacer("],[", "],\n  [", "[[", "[\n  [", "]]", "],\n]").Replace(string(text)))
	}
	var palette []string
	for _, c := range annotate.Palette() {
		palette = append(palette, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
	}
	constant("The colours of the classes.", "PALETTE", palette)
	constant("A person's key points, as models trained on COCO list them.", "KEYPOINTS", annotate.Keypoints())
	constant("The pairs of them that are joined.", "LIMBS", annotate.Limbs())
	constant("Below this confidence a key point is hidden.", "LEAST_VISIBLE", annotate.LeastVisible)
	list, _ := price.In("us-east-1")
	constant("The price of a GB and second of a function in us-east-1, in US dollars, by CPU.", "GB_SECOND", map[string]float64{"arm64": list.Arm64, "x86_64": list.X86})
	constant("The price of a request.", "REQUEST", list.Call)
	return b.String()
}
