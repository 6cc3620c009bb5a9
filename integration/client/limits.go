package client

import (
	"bytes"

	"github.com/yolambda/yolambda/lambda/api"
)

const (
	// MaxPicture is the largest picture in bytes that reaches the function:
	// Lambda takes 6 MiB of event, in which the picture stands as base64
	// (4 characters for 3 bytes), besides some headers.
	MaxPicture = (6<<20)/4*3 - 16<<10
	// maxBody is the largest body in bytes of any request; what of it is not text must
	// be smaller, see MaxPicture.
	maxBody = 6 << 20
	// maxReply is the largest reply in bytes; Lambda lets no more through.
	maxReply = 6 << 20
)

// check spares a caller the upload of a picture that AWS would refuse, or that the function would
// take for a request of its own: a body which starts with a brace is JSON to it.
func check(picture []byte) error {
	start := bytes.TrimLeft(bytes.TrimPrefix(picture, []byte("\uFEFF")), " \t\r\n")
	switch {
	case len(start) == 0:
		return api.Errorf(api.InvalidRequest, "the picture is empty")
	case start[0] == '{':
		return api.Errorf(api.UnsupportedPicture, "this is JSON, not a picture; it may be the error of whoever gave it: %.80q", start)
	case len(picture) > MaxPicture:
		return api.Errorf(api.TooLarge, "the picture has %.1f MB, and a Lambda function takes 4.5 MB at most; "+
			"save it as JPEG or scale it down (a model sees some 640 pixels of its longer side)",
			float64(len(picture))/(1<<20))
	}
	return nil
}
