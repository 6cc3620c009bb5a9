package annotate

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/yolambda/yolambda/lambda/api"
)

// A picture that EXIF says to turn is turned before boxes are drawn, as they
// are given in the upright picture.
func TestFileTurnsUpright(t *testing.T) {
	var plain bytes.Buffer
	if err := png.Encode(&plain, ground(60, 40)); err != nil {
		t.Fatal(err)
	}
	reply := &api.Response{Detections: []api.Detection{{Box: [4]int{0, 30, 40, 60}, Conf: 0.9, Cls: "x"}}}
	drawn, err := File(withOrientation(plain.Bytes(), 6), reply, PNG)
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(drawn))
	if err != nil {
		t.Fatal(err)
	}
	if want := image.Rect(0, 0, 40, 60); got.Bounds() != want {
		t.Fatalf("bounds %v, want the upright %v", got.Bounds(), want)
	}
	if c := got.At(20, 59); c != colourOf(0) {
		t.Errorf("lower side of the box is %v, want %v", c, colourOf(0))
	}
}

// withOrientation puts an eXIf chunk behind a PNG's header chunk.
func withOrientation(file []byte, orientation byte) []byte {
	// A TIFF header and one directory with one entry: tag 0x0112, type SHORT.
	chunk := append([]byte("eXIfMM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"),
		orientation, 0, 0, 0, 0, 0, 0)
	const headerEnd = 8 + 4 + 4 + 13 + 4 // signature, then IHDR's length, type, data, CRC
	out := bytes.Clone(file[:headerEnd])
	out = binary.BigEndian.AppendUint32(out, uint32(len(chunk)-4))
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, file[headerEnd:]...)
}

func TestFileFormats(t *testing.T) {
	var source bytes.Buffer
	if err := png.Encode(&source, ground(60, 40)); err != nil {
		t.Fatal(err)
	}
	drawn, err := File(source.Bytes(), &api.Response{}, JPEG)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jpeg.Decode(bytes.NewReader(drawn)); err != nil {
		t.Errorf("no JPEG: %v", err)
	}
	if _, err := File(source.Bytes(), &api.Response{}, "gif"); err == nil {
		t.Error("an unknown format is not an error")
	}
	if _, err := File([]byte("no picture"), &api.Response{}, PNG); err == nil {
		t.Error("bytes that are not a picture are not an error")
	}
}
