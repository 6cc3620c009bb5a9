package onnx

import (
	"bytes"
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// Identify says what a file is that is not a model in ONNX, and what to do about it;
// both are empty where its bytes show nothing known. It goes by the bytes at the file's
// start, whatever the file is called.
func Identify(data []byte) (what, wayOut string) {
	for _, k := range kinds {
		if k.is(data) {
			return k.what, k.wayOut
		}
	}
	return "", ""
}

// ways out that several kinds share.
const (
	exportWeights = "export it to ONNX: make model MODEL=best.pt"
	exportAgain   = "export the model again, with format=onnx"
	fetchAgain    = "download the file itself"
)

var kinds = []struct {
	what   string
	is     func(data []byte) bool
	wayOut string
}{
	{"an empty file", func(d []byte) bool { return len(d) == 0 }, fetchAgain + ", or " + exportAgain},
	{"a Git LFS pointer in place of the file", starts("version https://git-lfs"), "fetch the file: git lfs pull"},
	{"a web page", isPage, fetchAgain + ", not the page about it"},
	{"an OpenVINO network", isOpenVINO, exportAgain},
	{"an XML document, as stores of files answer with where there is none", startsText("<?xml"), fetchAgain},
	{"compressed with gzip", starts("\x1f\x8b"), "unpack it first: gunzip"},
	{"compressed with zstd", starts("\x28\xb5\x2f\xfd"), "unpack it first: unzstd"},
	{"compressed with xz", starts("\xfd7zXZ\x00"), "unpack it first: unxz"},
	{"compressed with bzip2", starts("BZh"), "unpack it first: bunzip2"},
	{"a 7-Zip archive", starts("7z\xbc\xaf\x27\x1c"), "unpack it first: 7z x"},
	{"a tar archive", isTar, "unpack it first: tar xf"},
	{"PyTorch weights (TorchScript or a checkpoint)", isPyTorch, exportWeights},
	{"a program of torch.export (.pt2)", contains("PK\x03\x04", "archive_format", "models/model.json"), exportWeights},
	{"a Keras model", isKeras, "export it to ONNX, with tf2onnx"},
	{"a NumPy archive", isNumPy, exportAgain},
	{"a Core ML package", contains("PK\x03\x04", ".mlmodel", ".mlpackage"), exportAgain},
	{"a ZIP archive", starts("PK\x03\x04", "PK\x05\x06"), "unpack it first: unzip"},
	{"a Python pickle, as PyTorch's old weights are", isPickle, exportWeights},
	{"weights in safetensors, without a network", isSafetensors, "export the model that they belong to, with format=onnx"},
	{"weights in GGUF", starts("GGUF"), exportAgain},
	{"an HDF5 file, as Keras' weights are", starts("\x89HDF\r\n\x1a\n"), "export the model to ONNX, with tf2onnx"},
	{"a TensorFlow Lite model", at(4, "TFL3"), exportAgain},
	{"a model in ONNX Runtime's own format (.ort)", at(4, "ORTM"), "take the .onnx file that it was made from"},
	{"a TensorRT engine", starts("ftrt", "ptrt"), exportAgain},
	{"a TensorRT engine, with metadata of Ultralytics", isEngine, exportAgain},
	{"a Core ML model", isCoreML, exportAgain},
	{"a model of TensorFlow (SavedModel)", starts("\x08\x01\x12"), "export its folder to ONNX, with tf2onnx"},
	{"a model for Rockchip (RKNN)", starts("RKNN"), exportAgain},
	{"a model for Hailo (HEF)", starts("\x01HEF"), exportAgain},
	{"weights of Darknet", starts("\x00\x00\x00\x00\x01\x00\x00\x00", "\x00\x00\x00\x00\x02\x00\x00\x00"), "convert them and their .cfg to PyTorch or ONNX"},
	{"an ncnn network", starts("7767517"), exportAgain},
	{"a Darknet configuration", contains("", "[net]", "[convolutional]"), exportAgain},
	{"JSON", isJSON, fetchAgain + ", or " + exportAgain},
	{"a picture", starts("\xff\xd8\xff", "\x89PNG", "GIF8", "RIFF", "BM", "II*\x00", "MM\x00*"), "name an .onnx file as the model"},
	{"a video", at(4, "ftyp"), "name an .onnx file as the model"},
	{"a PDF document", starts("%PDF-"), "name an .onnx file as the model"},
	{"a program or library", starts("\x7fELF", "MZ", "\xcf\xfa\xed\xfe"), "name an .onnx file as the model"},
	{"text", isText, fetchAgain + ", or " + exportAgain},
	// Other networks that are protocol buffers; ONNX starts with a number.
	{"a graph of TensorFlow", contains("\x0a", "Placeholder", "Conv2D"), "export the model to ONNX, with tf2onnx"},
	{"a network of PaddlePaddle", contains("\x0a", "feed"), "export it to ONNX, with paddle2onnx"},
	{"a network of Caffe", contains("\x0a", "Convolution", "InnerProduct"), exportAgain},
}

func starts(any ...string) func([]byte) bool {
	return func(d []byte) bool {
		for _, s := range any {
			if bytes.HasPrefix(d, []byte(s)) {
				return true
			}
		}
		return false
	}
}

// startsText is starts, past a byte order mark and space.
func startsText(any ...string) func([]byte) bool {
	return func(d []byte) bool { return starts(any...)(opening(d)) }
}

// opening is the head of a text, without a byte order mark and space before it.
func opening(d []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(head(d), []byte("\xef\xbb\xbf")))
}

func at(offset int, magic string) func([]byte) bool {
	return func(d []byte) bool { return len(d) > offset && bytes.HasPrefix(d[offset:], []byte(magic)) }
}

// contains reports whether a file starts with one text and has one of others near.
func contains(start string, any ...string) func([]byte) bool {
	return func(d []byte) bool {
		if !bytes.HasPrefix(d, []byte(start)) {
			return false
		}
		for _, s := range any {
			if bytes.Contains(head(d), []byte(s)) {
				return true
			}
		}
		return false
	}
}

// head is as much of a file as shows what it is.
func head(d []byte) []byte { return d[:min(len(d), 4096)] }

// isPyTorch: a checkpoint is a ZIP archive whose first members are archive/data.pkl
// and the like; the last ones are listed in its directory, at the end.
func isPyTorch(d []byte) bool {
	return bytes.HasPrefix(d, []byte("PK")) && (bytes.Contains(head(d), []byte("data.pkl")) || bytes.Contains(tail(d), []byte("data.pkl")))
}

func isKeras(d []byte) bool {
	return bytes.HasPrefix(d, []byte("PK")) && bytes.Contains(tail(d), []byte("model.weights.h5"))
}

func isNumPy(d []byte) bool {
	return bytes.HasPrefix(d, []byte("\x93NUMPY")) || bytes.HasPrefix(d, []byte("PK")) && bytes.Contains(tail(d), []byte(".npy"))
}

func tail(d []byte) []byte { return d[max(0, len(d)-1<<16):] }

// isPickle: protocols 2 to 5 start with PROTO and their number, and end with STOP.
func isPickle(d []byte) bool {
	return len(d) > 2 && d[0] == 0x80 && d[1] >= 2 && d[1] <= 5
}

// isSafetensors: eight bytes of length, then a JSON object of that length.
func isSafetensors(d []byte) bool {
	return len(d) > 10 && d[8] == '{' && d[9] == '"' && d[6] == 0 && d[7] == 0
}

// isEngine: four bytes of length, then a JSON object, then TensorRT's own.
func isEngine(d []byte) bool {
	return len(d) > 8 && d[2] == 0 && d[3] == 0 && d[4] == '{' && d[5] == '"'
}

// isCoreML: a version, then a description, whose first message is an input; in ONNX the name of a tool lies there.
func isCoreML(d []byte) bool {
	if len(d) < 8 || d[0] != 0x08 || d[2] != 0x12 {
		return false
	}
	description, n := protowire.ConsumeVarint(d[3:])
	return n > 0 && description > 4 && len(d) > 3+n+2 && d[3+n] == 0x0a && d[3+n+2] == 0x0a
}

func isTar(d []byte) bool { return len(d) > 262 && string(d[257:262]) == "ustar" }

func isPage(d []byte) bool {
	s := strings.ToLower(string(opening(d)))
	return strings.HasPrefix(s, "<") && (strings.Contains(s, "<!doctype html") || strings.Contains(s, "<html") || strings.Contains(s, "<head"))
}

func isOpenVINO(d []byte) bool {
	s := opening(d)
	return bytes.HasPrefix(s, []byte("<?xml")) && bytes.Contains(s, []byte("<net")) || bytes.HasPrefix(s, []byte("<net "))
}

func isJSON(d []byte) bool {
	s := bytes.TrimSpace(head(d))
	return len(s) > 1 && (s[0] == '{' || s[0] == '[') && isText(d)
}

// isText reports whether the file's start is printable ASCII, as no ONNX file's is:
// that starts with a tag and a small number.
func isText(d []byte) bool {
	if len(d) == 0 {
		return false
	}
	for _, c := range head(d) {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// The newest versions that the pinned ONNX Runtime 1.27 reads.
const (
	maxIR    = 13
	maxOpset = 26
)

// check refuses what ONNX Runtime cannot open as one file.
func (m Model) check() error {
	switch {
	case m.IR > maxIR:
		return fmt.Errorf("it is written in version %d of ONNX's format (IR), ONNX Runtime 1.27 reads versions up to %d; "+
			"export it with an older onnx package, or lower it: onnx.version_converter, then model.ir_version = 10", m.IR, maxIR)
	case m.Opset > maxOpset:
		return fmt.Errorf("it uses opset %d, ONNX Runtime 1.27 knows opsets up to %d; export it with opset=20", m.Opset, maxOpset)
	case m.External != "":
		return fmt.Errorf("its weights are in a file of their own, %.80q; save both as one file: make model MODEL=FILE.onnx, "+
			`or python -c "import onnx; onnx.save(onnx.load('FILE.onnx'), 'ONE.onnx')"`, m.External)
	}
	return nil
}
