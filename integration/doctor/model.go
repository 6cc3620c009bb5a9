package doctor

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/yolambda/yolambda/integration/local"
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/onnx"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// maxModel is what Lambda's 250 MB for code and layers leave next to the largest
// runtime library and the handler; infra/yolambda/layer.go computes it exactly.
const maxModel = 190 << 20 // bytes

// checkRuntime holds the library of the runtime layer to its architecture and
// to infra/yolambda/onnxruntime/SHA256SUMS.
func checkRuntime(root, architecture string) Finding {
	mend := "make layers ARCH=" + architecture
	path := filepath.Join(root, "build", "layers", "runtime", architecture, "lib", "libonnxruntime.so")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fail(mend, "ONNX Runtime for %s is not there yet", architecture)
	}
	if err != nil {
		return fail(mend, "read ONNX Runtime: %v", err)
	}
	file, err := elf.Open(path)
	if err != nil {
		return fail(mend, "%s is not a library for Linux: %v", path, err)
	}
	defer file.Close()
	want, folder := elf.EM_AARCH64, "linux/arm64/"
	if architecture == "x86_64" {
		want, folder = elf.EM_X86_64, "linux/x64/"
	}
	if file.Machine != want {
		return fail(mend, "%s is built for %s, not for %s", path, file.Machine, architecture)
	}
	sums, err := os.Open(filepath.Join(root, "infra", "yolambda", "onnxruntime", "SHA256SUMS"))
	if err != nil {
		return warn("run it from the project", "ONNX Runtime for %s; its sum is not known: %v", architecture, err)
	}
	defer sums.Close()
	sum := sha256.Sum256(data)
	for lines := bufio.NewScanner(sums); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 2 && strings.HasPrefix(fields[1], folder) && fields[0] == hex.EncodeToString(sum[:]) {
			return okf("ONNX Runtime for %s, %s, SHA-256 as pinned", architecture, megabytes(len(data)))
		}
	}
	return fail("rm "+path+" && "+mend, "ONNX Runtime for %s has another SHA-256 than the pinned one", architecture)
}

// checkModel reads the model as the function would, and has the one that `make build` left
// below root look at a picture with it. named says that the user asked for this file.
func checkModel(ctx context.Context, root, path string, named bool, known *memory) Finding {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return warn("put one there, or deploy with -c model=FILE.onnx", "there is no %s", path)
	}
	if err != nil {
		return fail("name an .onnx file", "read model: %v", err)
	}
	file, err := onnx.Parse(data)
	if err != nil {
		return fail(servedModels, "%s: %v", path, err)
	}
	model, err := yolo.New(file, nil) // nothing is run
	if err != nil {
		return fail(servedModels, "%s: %v", path, err)
	}
	detail := fmt.Sprintf("%s: %s, %d classes, opset %d, input %s %s, weights %s, %s",
		filepath.Base(path), model.Task, model.Classes, file.Opset, file.Inputs[0].Type, inputSize(model), precision(file), megabytes(len(data)))
	if len(data) > maxModel {
		return fail("export a smaller model, or in half precision", "%s: Lambda takes at most some %s next to the library", detail, megabytes(maxModel))
	}
	parts := local.PartsIn(root)
	parts.Model, parts.Models = path, ""
	if err := parts.Check(); err != nil {
		return warn("make build", "%s; its numbers are not looked at: %v", detail, err)
	}
	if err := known.look(data, parts, func() error { return look(ctx, parts) }); err != nil {
		return fail(servedModels, "%s: %v", path, err)
	}
	if len(model.Assumed) > 0 {
		return warn("export it with its metadata, as Ultralytics does", "%s; assumed: %s", detail, strings.Join(model.Assumed, "; "))
	}
	return okf("%s", detail)
}

const servedModels = "docs/models.md says which files are served"

// look has the function answer to a grey picture: what a file does not declare, such as
// scores above 1 or an operator that is not known, only a run shows.
func look(ctx context.Context, parts local.Parts) error {
	server, err := local.Start(ctx, local.Config{Parts: parts, Timeout: 10 * time.Minute})
	if err != nil {
		return err
	}
	defer server.Close()
	grey := image.NewGray(image.Rect(0, 0, 160, 160))
	for i := range grey.Pix {
		grey.Pix[i] = 114
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, grey); err != nil {
		return fmt.Errorf("make picture: %w", err)
	}
	request, err := json.Marshal(map[string][]byte{"image": picture.Bytes()})
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	result, err := server.Invoke(ctx, request)
	if err != nil {
		return fmt.Errorf("ask the function on this machine: %w", err)
	}
	var reply api.ErrorBody
	if err := json.Unmarshal(result.Payload, &reply); err != nil || result.FunctionError != "" {
		return fmt.Errorf("ask the function on this machine: %.300s", result.Payload)
	}
	if reply.Error != nil {
		return errors.New(reply.Error.Message)
	}
	return nil
}

func inputSize(m *yolo.Model) string {
	if m.Fixed != (yolo.Size{}) {
		return fmt.Sprintf("%dx%d fixed", m.Fixed.W, m.Fixed.H)
	}
	return fmt.Sprintf("%dx%d dynamic", m.ImgSize.W, m.ImgSize.H)
}

// precision lists the element types of at least 1 % of the weights' bytes, the
// most of them first: what is in the file, whatever its name says.
func precision(file onnx.Model) string {
	total := 0
	for _, n := range file.Weights {
		total += n
	}
	kinds := slices.SortedFunc(maps.Keys(file.Weights), func(a, b onnx.ElementType) int {
		return cmp.Or(file.Weights[b]-file.Weights[a], int(a-b)) // two of one size always in one order
	})
	var names []string
	for _, kind := range kinds {
		if n := file.Weights[kind]; n*100 >= total {
			names = append(names, fmt.Sprintf("%s %d %%", kind, n*100/total))
		}
	}
	if names == nil {
		return "of unknown type"
	}
	return strings.Join(names, ", ")
}

func megabytes(n int) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
