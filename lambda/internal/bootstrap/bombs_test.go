package bootstrap

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// bomb is a small file that would cost much to decode, or a sound one with much
// next to its picture.
type bomb struct {
	name   string
	file   []byte
	status int
	want   []string // are part of the message: the limit and the value
}

func bombs(t *testing.T) []bomb {
	small := image.NewGray(image.Rect(0, 0, 64, 48))
	smallPNG, smallJPEG := yolotest.PNG(small), jpegOf(t, small)
	progressive := yolotest.Read(t, "../picture/testdata/progressive.jpg")
	text := append([]byte("k\x00\x00"), zeros(t, 256<<20)...)
	tile := withoutTables(jpegOf(t, image.NewRGBA(image.Rect(0, 0, 8, 8))))
	megabytes := func(n int) []byte { return make([]byte, n<<20) }
	return []bomb{
		{"PNG of 400 MP", hugePNG(t), 413, []string{"20000x20000", "12000"}},
		{"PNG of 49 MP", pngSized(smallPNG, 7000, 7000), 413, []string{"49.0 million", "40 million"}},
		{"PNG that claims 36 MP", pngSized(smallPNG, 6000, 6000), 422, []string{"truncated"}},
		{"PNG with a zTXt of 256 MB", pngWith(smallPNG, "zTXt", text), 200, nil},
		{"PNG with an iCCP of 256 MB", pngWith(smallPNG, "iCCP", text), 200, nil},
		{"APNG of 10,000 frames", apng(smallPNG, 10_000), 200, nil},
		{"PNG of 250,000 blocks of deflate that hold nothing", emptyBlocksPNG(t, 250_000), 200, nil},
		{"JPEG of 65535²", jpegSized(smallJPEG, 65535, 65535), 413, []string{"65535x65535", "12000"}},
		{"JPEG that claims 36 MP", jpegSized(smallJPEG, 6000, 6000), 422, []string{"truncated"}},
		{"JPEG of 100 scans", scans(progressive, 100), 200, nil},
		{"JPEG of 101 scans", scans(progressive, 101), 413, []string{"101 scans", "100 are allowed"}},
		{"JPEG of 1,000 scans", emptyScans(progressive, 1000), 413, []string{"1010 scans", "100 are allowed"}},
		{"JPEG of 50,000 scans", emptyScans(progressive, 50_000), 413, []string{"50010 scans", "100 are allowed"}},
		{"JPEG of 60 scans of 36 MP", scans(jpegSized(progressive, 6000, 6000), 60), 413, []string{"60 scans", "6000x6000", "2000 million"}},
		{"JPEG with an ICC profile of 4 MB", jpegWith(smallJPEG, 0xe2, []byte("ICC_PROFILE\x00\x01\x01"), 4<<20), 200, nil},
		{"JPEG with EXIF of 4 MB", jpegWith(smallJPEG, 0xe1, []byte("Exif\x00\x00"), 4<<20), 200, nil},
		{"VP8L of 28 bytes, 268 MP", webp("VP8L", append([]byte{0x2f}, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0)), 413, []string{"16384x16384", "12000"}},
		{"VP8L of 28 bytes that claims 9 MP", webp("VP8L", append([]byte{0x2f}, vp8lSize(3000, 3000)...)), 422, []string{"broken"}},
		{"WebP canvas of 2^48", webp("VP8X", []byte{0, 0, 0, 0, 255, 255, 255, 255, 255, 255}), 413, []string{"16777216x16777216", "12000"}},
		{"GIF of 65535²", gifSized(t, 65535, 65535), 413, []string{"65535x65535", "12000"}},
		{"GIF that claims 36 MP", gifSized(t, 6000, 6000), 422, []string{"truncated"}},
		{"GIF of 3,000 frames", gifOf(t, 3000), 200, nil},
		{"BMP of 2^31 lines", append([]byte("BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x0a\x00\x00\x00\xff\xff\xff\x7f\x01\x00\x18\x00"), make([]byte, 64)...), 413, []string{"10x2147483647", "12000"}},
		{"TIFF of 2^31", tiffOf(1<<31, 1<<31, 8), 413, []string{"2147483648x2147483648", "12000"}},
		{"TIFF that claims 36 MP", tiffOf(6000, 6000, 8), 422, []string{"truncated"}},
		{"TIFF of a million strips", tiffOf(6000, 6000, 1), 422, []string{"truncated"}},
		{"TIFF of 900 tiles that share 1 MB of JPEG tables", tiffOfJPEGs(240, 240, 8, 8, jpegTables(1<<20), tile), 200, nil},
		{"TIFF of 22,500 JPEG tiles", tiffOfJPEGs(1200, 1200, 8, 8, jpegTables(1<<20), tile), 413, []string{"22500 scans", "5000 are allowed"}},
		{"TIFF of 91 scans in each of 100 tiles of 12000x8", tiffOfJPEGs(12000, 800, 12000, 8, nil, scans(jpegSized(progressive, 12000, 8), 91)), 413, []string{"9100 scans", "5000 are allowed"}},
		{"TIFF of tiles much larger than itself", tiffOfJPEGs(8, 800, 12000, 8, nil, scans(jpegSized(progressive, 12000, 8), 91)), 422, []string{"12000x8", "larger than the picture"}},
		{"grey TIFF of 39.5 MP, deflated to 39 kB", tiffDeflated(12000, 3292, zeros(t, 38<<20)), 200, nil},
		{"TIFF of 250,000 blocks of deflate that hold nothing", tiffDeflated(1024, 1024, yolotest.EmptyBlocks(zeros(t, 1<<20), 250_000)), 200, nil},
		{"TIFF of 100,000 deflated tiles of 4x2", tiffOfTiles(1000, 800, 4, 2, 8, nil, deflated(t, make([]byte, 12), 1)), 200, nil},
		{"4 MB of zeros", megabytes(4), 415, []string{"JPEG, PNG"}},
		{"4 MB of zeros in a PNG's name", append([]byte("\x89PNG\r\n\x1a\n"), megabytes(4)...), 422, []string{"IHDR"}},
	}
}

// A bomb is refused before it is decoded: with the limit and the value, at the
// cost of 64 MB and, which the long form holds, of a quarter of a second of one CPU
// at most.
func TestBombs(t *testing.T) {
	needsLinux(t)
	const mostCPU, mostMemory = 250 * time.Millisecond, 64 << 20
	s := squaresSandbox(t)
	s.rightAnswer()
	process := s.process
	for _, b := range bombs(t) {
		t.Run(b.name, func(t *testing.T) {
			s.t = t
			event := urlEvent(b.file, "imgsz=64")
			cpu, memory := cpuTime(t, process), resetPeak(t, process)
			begun := time.Now()
			reply, ok := s.invoke(event)
			took := time.Since(begun)
			if !ok {
				<-process.exited
				t.Fatalf("the function ended: %s", process.log.Bytes())
			}
			cpu, memory = cpuTime(t, process)-cpu, peak(t, process)-memory
			t.Logf("%d bytes: %v, %v of CPU, %d MB more", len(b.file), took.Round(time.Millisecond), cpu, memory>>20)
			status, message := statusOf(t, reply)
			if status != b.status {
				t.Errorf("status %d: %s; want %d", status, message, b.status)
			}
			for _, want := range b.want {
				if !strings.Contains(message, want) {
					t.Errorf("the message %q lacks %q", message, want)
				}
			}
			if *long && cpu > mostCPU {
				t.Errorf("took %v of CPU, %v are allowed", cpu, mostCPU)
			}
			if memory > mostMemory {
				t.Errorf("took %d MB more, %d are allowed", memory>>20, mostMemory>>20)
			}
		})
	}
	s.t = t
	s.rightAnswer()
	if s.process != process {
		t.Error("the process ended")
	}
}

// cpuTime is what the process has used of all CPUs so far.
func cpuTime(t *testing.T, p *process) time.Duration {
	t.Helper()
	// proc(5): after the name in brackets, utime and stime are the fields 14 and
	// 15 of the whole, in ticks of 10 ms.
	_, rest, _ := strings.Cut(string(yolotest.Read(t, procFile(p.Process.Pid, "stat"))), ") ")
	fields := strings.Fields(rest)
	var ticks time.Duration
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += time.Duration(n)
	}
	return ticks * 10 * time.Millisecond
}

// resetPeak sets the process's peak of resident memory to what is resident now,
// which it returns in bytes.
func resetPeak(t *testing.T, p *process) int {
	t.Helper()
	if err := os.WriteFile(procFile(p.Process.Pid, "clear_refs"), []byte("5"), 0); err != nil {
		t.Skip("can't reset the peak of memory: ", err)
	}
	return statusLine(t, p.Process.Pid, "VmRSS")
}

// peak is the most memory, in bytes, that was resident since.
func peak(t *testing.T, p *process) int { return statusLine(t, p.Process.Pid, "VmHWM") }

// statusLine reads a line of /proc/PID/status that is in kB.
func statusLine(t *testing.T, pid int, name string) int {
	t.Helper()
	_, rest, _ := strings.Cut(string(yolotest.Read(t, procFile(pid, "status"))), "\n"+name+":")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n << 10
}

func procFile(pid int, name string) string {
	return fmt.Sprintf("/proc/%d/%s", pid, name)
}

// zeros is n zero bytes, deflated.
func zeros(t *testing.T, n int) []byte { return deflated(t, make([]byte, 1<<20), n>>20) }

// deflated is data, so many times.
func deflated(t *testing.T, data []byte, times int) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	for range times {
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngChunk(name string, body []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	c = append(append(c, name...), body...)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}

// hugePNG is a sound PNG of 20,000 x 20,000 black pixels, of one bit each.
func hugePNG(t *testing.T) []byte {
	header := []byte{0, 0, 20000 >> 8, 20000 & 255, 0, 0, 20000 >> 8, 20000 & 255, 1, 0, 0, 0, 0}
	file := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", header)...)
	file = append(file, pngChunk("IDAT", zeros(t, 20000*2501))...)
	return append(file, pngChunk("IEND", nil)...)
}

// emptyBlocksPNG is a sound PNG of 64x48 black pixels, with n blocks that hold nothing
// before them.
func emptyBlocksPNG(t *testing.T, n int) []byte {
	file := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", []byte{0, 0, 0, 64, 0, 0, 0, 48, 8, 0, 0, 0, 0})...)
	file = append(file, pngChunk("IDAT", yolotest.EmptyBlocks(deflated(t, make([]byte, 48*65), 1), n))...)
	return append(file, pngChunk("IEND", nil)...)
}

const pngHeaderEnd = 33

func pngSized(file []byte, w, h uint32) []byte {
	body := bytes.Clone(file[16:29])
	binary.BigEndian.PutUint32(body, w)
	binary.BigEndian.PutUint32(body[4:], h)
	return append(append(bytes.Clone(file[:8]), pngChunk("IHDR", body)...), file[pngHeaderEnd:]...)
}

// pngWith has one more chunk after the header.
func pngWith(file []byte, name string, body []byte) []byte {
	return append(append(bytes.Clone(file[:pngHeaderEnd]), pngChunk(name, body)...), file[pngHeaderEnd:]...)
}

// apng has an animation after the picture.
func apng(file []byte, frames int) []byte {
	end := len(file) - 12
	out := pngWith(file[:end], "acTL", binary.BigEndian.AppendUint64(nil, uint64(frames)<<32))
	for i := range frames {
		control := append(binary.BigEndian.AppendUint32(nil, uint32(2*i)), 0, 0, 0, 64, 0, 0, 0, 48)
		out = append(out, pngChunk("fcTL", append(control, make([]byte, 14)...))...)
		out = append(out, pngChunk("fdAT", append(binary.BigEndian.AppendUint32(nil, uint32(2*i+1)), file[pngHeaderEnd+8:end-4]...))...)
	}
	return append(out, file[end:]...)
}

func jpegOf(t *testing.T, img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegSized(file []byte, w, h uint16) []byte {
	file = bytes.Clone(file)
	for at := 2; ; at += 2 + int(binary.BigEndian.Uint16(file[at+2:])) {
		if marker := file[at+1]; marker == 0xc0 || marker == 0xc2 {
			binary.BigEndian.PutUint16(file[at+5:], h)
			binary.BigEndian.PutUint16(file[at+7:], w)
			return file
		}
	}
}

// jpegWith has n bytes of zeros in segments of a kind before the picture.
func jpegWith(file []byte, marker byte, start []byte, n int) []byte {
	const most = 0xffff
	out := []byte{0xff, 0xd8}
	for range n/most + 1 {
		out = append(out, 0xff, marker, most>>8, most&255)
		out = append(out, start...)
		out = append(out, make([]byte, most-2-len(start))...)
	}
	return append(out, file[2:]...)
}

// scans repeats the last scan of a progressive JPEG until it has n.
func scans(file []byte, n int) []byte {
	end := len(file) - 2
	last := file[bytes.LastIndex(file, []byte{0xff, 0xda}):end]
	out := bytes.Clone(file[:end])
	for have := bytes.Count(file, []byte{0xff, 0xda}); have < n; have++ {
		out = append(out, last...)
	}
	return append(out, 0xff, 0xd9)
}

// emptyScans adds n headers of scans, with nothing in the scans.
func emptyScans(file []byte, n int) []byte {
	end := len(file) - 2
	last := file[bytes.LastIndex(file, []byte{0xff, 0xda}):end]
	header := last[:2+int(binary.BigEndian.Uint16(last[2:]))]
	return append(append(bytes.Clone(file[:end]), bytes.Repeat(header, n)...), 0xff, 0xd9)
}

func webp(chunk string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(body)))
	b = append(append(b, "WEBP"...), chunk...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(body))), body...)
}

func vp8lSize(w, h uint32) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, (w-1)|(h-1)<<14), 0, 0, 0)
}

func gifOf(t *testing.T, frames int) []byte {
	g := &gif.GIF{}
	for range frames {
		g.Image = append(g.Image, image.NewPaletted(image.Rect(0, 0, 64, 48), color.Palette{color.Black, color.White}))
		g.Delay = append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// gifSized claims another size of its screen and of its frame.
func gifSized(t *testing.T, w, h uint16) []byte {
	file := gifOf(t, 1)
	frame := bytes.LastIndex(file, []byte{0x2c, 0, 0, 0, 0, 64, 0, 48, 0})
	for _, at := range []int{6, frame + 5} {
		binary.LittleEndian.PutUint16(file[at:], w)
		binary.LittleEndian.PutUint16(file[at+2:], h)
	}
	return file
}

// tiffOf is grey, in strips of so many rows, which lie nowhere.
func tiffOf(w, h, rows uint32) []byte {
	return append(tiffOfTags([]tiffTag{{256, w}, {257, h}, {258, 8}, {259, 1}, {262, 1}, {273, 8}, {277, 1}, {278, rows}, {279, 10}}), make([]byte, 20)...)
}

// tiffTag is a tag and its value of 32 bits, or what else follows it: its type, the
// number of its values and where they are.
type tiffTag [2]uint32

// tiffOfTags is a TIFF of nothing but a directory; what follows it starts at its length.
func tiffOfTags(tags []tiffTag, arrays ...[4]uint32) []byte {
	le := binary.LittleEndian
	b := append([]byte("II*\x00\x08\x00\x00\x00"), byte(len(tags)+len(arrays)), 0)
	for _, tag := range tags {
		b = le.AppendUint16(le.AppendUint16(b, uint16(tag[0])), 4)
		b = le.AppendUint32(le.AppendUint32(b, 1), tag[1])
	}
	for _, a := range arrays { // tag, type, number, place
		b = le.AppendUint16(le.AppendUint16(b, uint16(a[0])), uint16(a[1]))
		b = le.AppendUint32(le.AppendUint32(b, a[2]), a[3])
	}
	return append(b, 0, 0, 0, 0)
}

// tiffOfJPEGs is a TIFF of YCbCr whose tiles are copies of one JPEG.
func tiffOfJPEGs(w, h, tileW, tileH uint32, tables, tile []byte) []byte {
	return tiffOfTiles(w, h, tileW, tileH, 7, tables, tile)
}

// tiffOfTiles is a TIFF of YCbCr, of which 2x2 pixels share their chroma, whose tiles are
// copies of one.
func tiffOfTiles(w, h, tileW, tileH, compression uint32, tables, tile []byte) []byte {
	n := ((w + tileW - 1) / tileW) * ((h + tileH - 1) / tileH)
	tags := []tiffTag{{256, w}, {257, h}, {258, 8}, {259, compression}, {262, 6}, {277, 3}, {322, tileW}, {323, tileH}}
	start := uint32(len(tiffOfTags(tags)) + 3*12)
	at := start + 8*n + uint32(len(tables))
	b := tiffOfTags(tags, [4]uint32{324, 4, n, start}, [4]uint32{325, 4, n, start + 4*n}, [4]uint32{347, 7, uint32(len(tables)), start + 8*n})
	le := binary.LittleEndian
	for i := range n {
		b = le.AppendUint32(b, at+i*uint32(len(tile)))
	}
	for range n {
		b = le.AppendUint32(b, uint32(len(tile)))
	}
	return append(append(b, tables...), bytes.Repeat(tile, int(n))...)
}

// jpegTables is a file of nothing but quantization tables, of n bytes.
func jpegTables(n int) []byte {
	b := []byte{0xff, 0xd8}
	for i := byte(0); len(b) < n; i++ {
		b = append(append(b, 0xff, 0xdb, 0, 67, i%4), bytes.Repeat([]byte{1}, 64)...)
	}
	return append(b, 0xff, 0xd9)
}

// withoutTables is a JPEG without what files of a TIFF share, or need not have.
func withoutTables(file []byte) []byte {
	out := bytes.Clone(file[:2])
	for at := 2; ; {
		end := at + 2 + int(binary.BigEndian.Uint16(file[at+2:]))
		switch file[at+1] {
		case 0xda: // SOS
			return append(out, file[at:]...)
		case 0xdb, 0xc4: // DQT, DHT
		default:
			out = append(out, file[at:end]...)
		}
		at = end
	}
}

// tiffDeflated is a grey TIFF of one strip.
func tiffDeflated(w, h uint32, strip []byte) []byte {
	tags := []tiffTag{{256, w}, {257, h}, {258, 8}, {259, 8}, {262, 1}, {277, 1}, {278, h}, {279, uint32(len(strip))}, {273, 0}}
	at := uint32(len(tiffOfTags(tags)))
	tags[len(tags)-1][1] = at
	return append(tiffOfTags(tags), strip...)
}
