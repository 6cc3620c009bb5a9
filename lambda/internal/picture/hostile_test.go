package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// TestRefusals feeds files that lie, are cut off or ask for too much. None may
// take more memory than 64 MB, which is counted as allocated, not as held.
func TestRefusals(t *testing.T) {
	motifPNG := yolotest.Read(t, "testdata/motif.png")
	jpegFile := yolotest.Read(t, "testdata/sampling420.jpg")
	progressive := yolotest.Read(t, "testdata/progressive.jpg")
	lossy := yolotest.Read(t, "testdata/lossy.webp")
	badCRC := bytes.Clone(motifPNG)
	badCRC[len(badCRC)-20] ^= 1
	for name, c := range map[string]struct {
		data    []byte
		kind    Kind
		message string // is part of it
	}{
		"empty":     {nil, Broken, "the picture is empty"},
		"text":      {[]byte("hello, I am text"), Unsupported, "send JPEG, PNG"},
		"one byte":  {[]byte{0xff}, Unsupported, "send JPEG"},
		"avif":      {[]byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00"), Unsupported, "AVIF files are not supported: convert it to JPEG or PNG (for example: magick"},
		"heic":      {[]byte("\x00\x00\x00\x20ftypheic\x00\x00\x00\x00"), Unsupported, "Settings, Camera, Formats"},
		"jpeg 2000": {[]byte("\x00\x00\x00\x0cjP  \r\n\x87\n"), Unsupported, "JPEG 2000"},

		"png too wide":    {pngHeader(20000, 100, 8, 2), TooLarge, "20000x100 pixels; 12000 a side"},
		"png bomb":        {pngHeader(20000, 20000, 1, 0), TooLarge, "20000"},
		"png too many":    {pngHeader(7000, 7000, 8, 2), TooLarge, "49.0 million pixels; 40 million"},
		"png lying":       {pngHeader(6000, 6000, 16, 6), Broken, "truncated"},
		"png negative":    {pngHeader(0xffffffff, 0xffffffff, 8, 2), TooLarge, "4294967295"},
		"png empty":       {pngHeader(0, 5, 8, 2), Broken, "0x5"},
		"png truncated":   {motifPNG[:len(motifPNG)/2], Broken, "the PNG picture is truncated"},
		"png short":       {motifPNG[:20], Broken, "truncated"},
		"png bad crc":     {badCRC, Broken, "checksum"},
		"png huge zTXt":   {pngWithZeros(t, "zTXt", 32<<20), 0, ""},
		"png huge iCCP":   {pngWithZeros(t, "iCCP", 32<<20), 0, ""},
		"png broken eXIf": {pngWith(t, "eXIf", []byte("II*\x00\xff\xff\xff\xff")), 0, ""},

		"jpeg 65535x65535":     {jpegSized(jpegFile, 65535, 65535), TooLarge, "65535x65535"},
		"jpeg lying":           {jpegSized(jpegFile, 6000, 6000), Broken, "truncated"},
		"jpeg height 0":        {jpegSized(jpegFile, 61, 0), Broken, "61x0"},
		"jpeg truncated":       {jpegFile[:len(jpegFile)-200], Broken, "the JPEG picture is truncated"},
		"jpeg cut at scan":     {progressive[:len(progressive)-200], Broken, "truncated"},
		"jpeg header only":     {jpegFile[:100], Broken, "truncated"},
		"jpeg no end marker":   {jpegFile[:len(jpegFile)-2], 0, ""},
		"jpeg trailing":        {append(bytes.Clone(jpegFile), "and so on"...), 0, ""},
		"jpeg two frames":      {twice(jpegFile, 0xc0), Broken, "two frame headers"},
		"jpeg 12 bit":          {jpegPrecision(jpegFile, 12), Unsupported, "12 bits"},
		"jpeg lossless":        {bytes.Replace(jpegFile, []byte{0xff, 0xc0}, []byte{0xff, 0xc3}, 1), Unsupported, "lossless"},
		"jpeg 50 more scans":   {scans(progressive, 50), 0, ""},
		"jpeg 1,000 scans":     {scans(progressive, 1000), TooLarge, "1010 scans, 100 are allowed"},
		"jpeg 50,000 scans":    {scans(progressive, 50_000), TooLarge, "50010 scans, 100 are allowed"},
		"jpeg large and scans": {scans(jpegSized(progressive, 6000, 6000), 60), TooLarge, "2000 million pixels in all"},
		"jpeg of thirds":       {bytes.Replace(jpegFile, []byte{1, 0x22, 0, 2, 0x11}, []byte{1, 0x32, 0, 2, 0x21}, 1), Unsupported, "this kind of JPEG is not supported"},
		"jpeg only SOI":        {[]byte{0xff, 0xd8}, Broken, "truncated"},
		"jpeg exif cut off":    {bytes.Replace(yolotest.Read(t, "testdata/orientation6.jpg"), []byte("II*\x00\x08"), []byte("II*\x00\xf8"), 1), 0, ""},

		"webp 16383x16383": {webp(riff("VP8L", vp8lHeader(16383, 16383))), TooLarge, "16383"},
		"webp lying":       {webp(riff("VP8L", vp8lHeader(3000, 3000))), Broken, "truncated"},
		"webp canvas":      {webp(riff("VP8X", []byte{0, 0, 0, 0, 255, 255, 255, 0, 0, 0}), lossy[12:]), TooLarge, "16777216x1"},
		"webp outside":     {webp(riff("VP8X", []byte{0, 0, 0, 0, 9, 0, 0, 9, 0, 0}), lossy[12:]), Broken, "outside of its canvas"},
		"webp truncated":   {lossy[:len(lossy)-100], Broken, "truncated"},
		"webp no picture":  {webp(), Broken, "truncated"},

		"gif lying":     {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x05\x00\x05\x00\x00\x02"), TooLarge, "65535x65535"},
		"gif truncated": {yolotest.Read(t, "testdata/animated.gif")[:200], Broken, "not enough image data"},
		"gif no frame":  {append(yolotest.Read(t, "testdata/animated.gif")[:109], ';', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), Broken, ""},

		"bmp 6000x6000":  {bmpHeader(6000, 6000, 24, 0), Broken, "truncated"},
		"bmp -2^31":      {bmpHeader(10, -1<<31, 24, 0), TooLarge, "10x2147483648"},
		"bmp negative":   {bmpHeader(-5, 10, 24, 0), Broken, "-5x10"},
		"bmp jpeg":       {bmpHeader(60, 60, 24, 4), Unsupported, "this kind of BMP is not supported (a JPEG inside of it)"},
		"bmp compressed": {bmpHeader(6000, 6000, 8, 1), Broken, "truncated"},

		"tiff 6000x6000":      {tiffFile(map[uint16]uint32{256: 6000, 257: 6000, 258: 8, 259: 1, 262: 1, 273: 8, 278: 6000, 279: 10}), Broken, "truncated"},
		"tiff lying deflate":  {tiffFile(map[uint16]uint32{256: 6000, 257: 6000, 258: 8, 259: 8, 262: 1, 273: 8, 278: 6000, 279: 10}), Broken, "truncated"},
		"tiff without strips": {tiffFile(map[uint16]uint32{256: 600, 257: 600, 258: 8, 259: 1, 262: 1}), Broken, "truncated"},
		"tiff without size":   {tiffFile(map[uint16]uint32{258: 8}), Broken, "0x0"},
		"tiff too large":      {tiffFile(map[uint16]uint32{256: 1 << 31, 257: 1 << 31}), TooLarge, "2147483648"},
		"tiff old jpeg":       {tiffFile(map[uint16]uint32{256: 8, 257: 8, 259: 6, 273: 8, 279: 8}), Unsupported, "1995"},
		"tiff zstd":           {tiffFile(map[uint16]uint32{256: 8, 257: 8, 259: 50000, 273: 8, 279: 8}), Unsupported, "Zstandard"},
		"tiff 1-pixel tiles":  {tiffFile(map[uint16]uint32{256: 6000, 257: 6000, 322: 1, 323: 1, 324: 8, 325: 8}), Broken, "truncated"},
		"tiff absurd counts":  {absurdCounts(), Broken, "truncated"},
		"tiff overlap":        {overlappingStrips(), Broken, "overlap"},
		"tiff short":          {[]byte("II*\x00"), Broken, "0x0"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p, err := Decode(t.Context(), c.data)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
				t.Errorf("took %d MB", n>>20)
			}
			if c.kind == 0 {
				if err != nil {
					t.Fatal(err)
				}
				checkPromises(t, p)
				return
			}
			if err == nil {
				t.Fatal("was decoded")
			}
			if kind := kindOf(t, err); kind != c.kind || !strings.Contains(err.Error(), c.message) {
				t.Errorf("kind %d %q, want %d %q", kind, err, c.kind, c.message)
			}
		})
	}
}

func pngChunk(name string, body []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	c = append(c, name...)
	c = append(c, body...)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}

func pngHeader(w, h uint32, depth, colour byte) []byte {
	body := binary.BigEndian.AppendUint32(nil, w)
	body = binary.BigEndian.AppendUint32(body, h)
	body = append(body, depth, colour, 0, 0, 0)
	return append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", body)...)
}

// pngWith is a sound PNG with one more chunk after its header.
func pngWith(t testing.TB, name string, body []byte) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 7))); err != nil {
		t.Fatal(err)
	}
	return append(append(bytes.Clone(b.Bytes()[:33]), pngChunk(name, body)...), b.Bytes()[33:]...)
}

func pngWithZeros(t testing.TB, name string, n int) []byte { return pngWith(t, name, make([]byte, n)) }

// frameAt is where the body of a JPEG's frame header starts.
func frameAt(data []byte) int {
	for _, marker := range []byte{0xc0, 0xc2} {
		if i := bytes.Index(data, []byte{0xff, marker, 0, 17}); i >= 0 {
			return i + 4
		}
	}
	panic("no frame header")
}

func jpegSized(data []byte, w, h uint16) []byte {
	data = bytes.Clone(data)
	binary.BigEndian.PutUint16(data[frameAt(data)+1:], h)
	binary.BigEndian.PutUint16(data[frameAt(data)+3:], w)
	return data
}

func jpegPrecision(data []byte, bits byte) []byte {
	data = bytes.Clone(data)
	data[frameAt(data)] = bits
	return data
}

// twice repeats the frame header.
func twice(data []byte, marker byte) []byte {
	i := frameAt(data) - 4
	return append(bytes.Clone(data[:i+19]), data[i:]...)
}

// scans repeats the last scan of a progressive JPEG n times.
func scans(data []byte, n int) []byte {
	end := len(data) - 2
	last := data[bytes.LastIndex(data, []byte{0xff, 0xda}):end]
	out := append(bytes.Clone(data[:end]), bytes.Repeat(last, n)...)
	return append(out, 0xff, 0xd9)
}

func vp8lHeader(w, h uint32) []byte {
	return binary.LittleEndian.AppendUint32([]byte{0x2f}, (w-1)|(h-1)<<14)
}

func bmpHeader(w, h int32, bits uint16, compression uint32) []byte {
	b := append([]byte("BM"), make([]byte, 8)...)
	le := binary.LittleEndian
	b = le.AppendUint32(b, 54)
	b = le.AppendUint32(b, 40)
	b = le.AppendUint32(b, uint32(w))
	b = le.AppendUint32(b, uint32(h))
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, bits)
	b = le.AppendUint32(b, compression)
	return append(b, make([]byte, 30)...)
}

// tiffFile writes single LONG values in ascending order of their tags.
func tiffFile(tags map[uint16]uint32) []byte {
	le := binary.LittleEndian
	b := append([]byte("II*\x00\x08\x00\x00\x00"), byte(len(tags)), 0)
	for tag := range uint16(1000) {
		if v, ok := tags[tag]; ok {
			b = le.AppendUint16(b, tag)
			b = le.AppendUint16(b, 4)
			b = le.AppendUint32(b, 1)
			b = le.AppendUint32(b, v)
		}
	}
	return append(b, make([]byte, 20)...)
}

func absurdCounts() []byte {
	b := tiffFile(map[uint16]uint32{256: 60, 257: 60, 258: 8, 259: 1, 262: 1, 273: 8, 279: 10})
	for e := range int(b[8]) {
		if entry := b[10+12*e:]; binary.LittleEndian.Uint16(entry) >= 273 {
			binary.LittleEndian.PutUint32(entry[4:], 0xffffffff)
		}
	}
	return b
}

// overlappingStrips has every row of 2,000 in the same bytes.
func overlappingStrips() []byte {
	const n = 2000
	b := tiffFile(map[uint16]uint32{256: 60, 257: n, 258: 8, 259: 5, 262: 1, 273: 8, 278: 1, 279: 10})
	le := binary.LittleEndian
	for e := range int(b[8]) {
		entry := b[10+12*e:]
		if tag := le.Uint16(entry); tag == 273 || tag == 279 {
			le.PutUint32(entry[4:], n)
			le.PutUint32(entry[8:], uint32(len(b)))
			for range n {
				b = le.AppendUint32(b, map[uint16]uint32{273: 8, 279: 4000}[tag])
			}
		}
	}
	return b
}
