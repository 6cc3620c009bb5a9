package refusal

import (
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/picture"
)

func TestOf(t *testing.T) {
	for kind, code := range map[picture.Kind]api.Code{
		picture.Unsupported: api.UnsupportedPicture,
		picture.TooLarge:    api.TooLarge,
		picture.Broken:      api.BrokenPicture,
	} {
		got := Of(&picture.Error{Kind: kind, Message: "why"})
		if want := (api.Error{Code: code, Message: "why"}); *got != want {
			t.Errorf("kind %d: %+v, want %+v", kind, *got, want)
		}
	}
}
