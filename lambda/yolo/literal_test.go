package yolo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseLiteral(t *testing.T) {
	for _, tt := range []struct {
		text string
		want any
	}{
		{`'single'`, "single"},
		{`"double"`, "double"},
		{`"it's"`, "it's"},
		{`'a "q"'`, `a "q"`},
		{`'it\'s "b"'`, `it's "b"`},
		{`"a \"q\""`, `a "q"`},
		{`'back\\slash'`, `back\slash`},
		{`'tab\tline\n\x41\u00e9\U0001f600'`, "tab\tline\nAé😀"},
		{`'\xff'`, "ÿ"},
		{`"\/ \u00e9 \ud83d\ude00"`, "/ é 😀"},
		{`'naïve: 名, {x}'`, "naïve: 名, {x}"},
		{`''`, ""},
		{"0", 0.0},
		{"-12.5e1", -125.0},
		{"+3", 3.0},
		{"True", true}, {"False", false}, {"None", nil},
		{"true", true}, {"false", false}, {"null", nil},
		{"  [ ]  ", []any{}},
		{"()", []any{}},
		{"{}", dict{}},
		{"(640, 480)", []any{640.0, 480.0}},
		{"(1,)", []any{1.0}},
		{"['a', \"b\", 1, None,]", []any{"a", "b", 1.0, nil}},
		{"{0: 'a', 2: 'c'}", dict{{0.0, "a"}, {2.0, "c"}}},
		{`{"0": "a", "x": [1, {"y": null}]}`, dict{{"0", "a"}, {"x", []any{1.0, dict{{"y", nil}}}}}},
		{"{True: 1, 1.5: 2,\n\t3 : 4}", dict{{true, 1.0}, {1.5, 2.0}, {3.0, 4.0}}},
		{"{0: 'a', 0: 'b'}", dict{{0.0, "a"}, {0.0, "b"}}},
		{strings.Repeat("[", maxLiteralDepth) + strings.Repeat("]", maxLiteralDepth), nest(maxLiteralDepth)},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := parseLiteral(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got, cmp.AllowUnexported(item{})); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// nest is an empty list in lists, depth in all.
func nest(depth int) any {
	list := []any{}
	for range depth - 1 {
		list = []any{list}
	}
	return list
}

func TestParseLiteralRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", `want a value before ""`},
		{"names", `want a value before "names"`},
		{"'open", `unterminated string "'open"`},
		{`'open\'`, `unterminated string "'open\\'"`},
		{`'\`, `bad escape in "\\"`},
		{`'\q'`, `bad escape in "\\q'"`},
		{`'\ud83d'`, `bad escape in "\\ud83d'"`},
		{`'\ud83dx'`, `bad escape in "\\ud83dx'"`},
		{"[1, 2", `want ',' or ']' before ""`},
		{"[1 2]", `want ',' or ']' before "2]"`},
		{"(1]", `want ',' or ')' before "]"`},
		{"[,]", `want a value before ",]"`},
		{"{0: 'a'", `want ',' or '}' before ""`},
		{"{0 'a'}", `want ':' before "'a'}"`},
		{"{[1]: 2}", `want a plain key before "[1]: 2}"`},
		{"{None: 2}", `want a plain key before "None: 2}"`},
		{"{0: 'a'} x", `unexpected "x" after the value`},
		{"Trueish", `unexpected "ish" after the value`},
		{"1e999", `want a value before "1e999"`},
		{"nan", `want a value before "nan"`},
		{"1-2", `want a value before "1-2"`},
		{"__import__('os')", `want a value before "__import__('os')"`},
		{strings.Repeat("[", 1_000_000), "nested too deeply"},
		{strings.Repeat("{1:", 1_000_000), "nested too deeply"},
		{strings.Repeat("名", 100), `want a value before "名名名名名名名名名名…"`},
	} {
		t.Run(clip(tt.text), func(t *testing.T) {
			v, err := parseLiteral(tt.text)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v and %v, want %s", v, err, tt.want)
			}
		})
	}
}
