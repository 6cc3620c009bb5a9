package bootstrap

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// damage breaks a file in one to four of the ways in which files get broken:
// cut off, bits flipped, bytes lost, repeated, overwritten or put in, or a piece
// of another file in the middle.
func damage(random *rand.Rand, file, other []byte) []byte {
	out := bytes.Clone(file)
	for range 1 + random.IntN(4) {
		if len(out) == 0 {
			return out
		}
		// Headers are short and matter most.
		size := len(out)
		if random.IntN(2) == 0 {
			size = min(size, 1024)
		}
		at := random.IntN(size)
		n := min(1+random.IntN(64), len(out)-at)
		switch random.IntN(8) {
		case 0:
			out = out[:at]
		case 1:
			for range n {
				out[at+random.IntN(n)] ^= 1 << random.IntN(8)
			}
		case 2:
			out = append(out[:at], out[at+n:]...)
		case 3:
			out = append(out[:at+n], bytes.Clone(out[at:])...)
		case 4:
			for i := range n {
				out[at+i] = byte(random.Uint32())
			}
		case 5: // numbers that programs trip over
			extreme := [][]byte{{0, 0, 0, 0}, {255, 255, 255, 255}, {127, 255, 255, 255}, {255, 255, 255, 127}, {0x80, 0, 0, 0}, {0, 1}, {1, 0}}
			copy(out[at:], extreme[random.IntN(len(extreme))])
		case 6:
			junk := make([]byte, n)
			for i := range junk {
				junk[i] = byte(random.Uint32())
			}
			out = append(out[:at], append(junk, out[at:]...)...)
		case 7:
			from := random.IntN(len(other))
			out = append(out[:at], append(bytes.Clone(other[from:min(from+n*16, len(other))]), out[at:]...)...)
		}
	}
	return out
}

// odd are values that have no business in an event, or not in that place.
var odd = []any{
	nil, true, 0, -1, 1e300, "", "a", []any{}, []any{nil, 1, "a"}, map[string]any{}, map[string]any{"": nil},
	strings.Repeat("A", 100_000), "\x00", "\ufffd", "1e999", "=", "data:image/png;base64,", "s3://b/k", "http://127.0.0.1/",
	json.RawMessage(strings.Repeat("[", 5000) + strings.Repeat("]", 5000)), json.RawMessage("1e999"), json.RawMessage(`"\ud800"`),
}

// misplace puts an odd value in the place of one in the event, or takes it away.
func misplace(random *rand.Rand, event []byte) []byte {
	var root any
	if err := json.Unmarshal(event, &root); err != nil {
		panic(err)
	}
	node := root
	for {
		var set func(any)
		var inner any
		switch parent := node.(type) {
		case map[string]any:
			names := slices.Sorted(maps.Keys(parent))
			name := names[random.IntN(len(names))]
			if random.IntN(8) == 0 {
				delete(parent, name)
				return mustMarshal(root)
			}
			inner, set = parent[name], func(v any) { parent[name] = v }
		case []any:
			i := random.IntN(len(parent))
			inner, set = parent[i], func(v any) { parent[i] = v }
		}
		container := false
		switch inner := inner.(type) {
		case map[string]any:
			container = len(inner) > 0
		case []any:
			container = len(inner) > 0
		}
		if !container || random.IntN(3) == 0 {
			set(odd[random.IntN(len(odd))])
			return mustMarshal(root)
		}
		node = inner
	}
}
