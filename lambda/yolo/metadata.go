package yolo

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Task is what a model does.
type Task string

// The tasks of Ultralytics' models.
const (
	Detect   Task = "detect"
	Segment  Task = "segment"
	Pose     Task = "pose"
	OBB      Task = "obb" // oriented bounding boxes
	Classify Task = "classify"
	Semantic Task = "semantic" // a class for every pixel
	Depth    Task = "depth"    // metres for every pixel
)

// Metadata is what a model file says of itself. Ultralytics' exporter writes it
// into the ONNX file's metadata_props, each value as Python's str() of it.
type Metadata struct {
	// Task is empty where the file does not tell.
	Task Task
	// Head is the class of the network's last module in Ultralytics' code, such as Detect
	// or RTDETRDecoder; empty in exports from before 2026.
	Head string
	// Names are the class names by id. A class that the file leaves out is "".
	// Nil where the file has no names.
	Names []string
	// Stride is the coarsest stride of the network, in pixels: the sides of the
	// input are multiples of it.
	Stride int
	// ImgSize is the input size that the model was exported for, in pixels;
	// zero where the file does not tell.
	ImgSize Size
	// KeypointShape is how many keypoints an object has and how many numbers a
	// keypoint: 2 for x, y or 3 for x, y, visibility. Zero but for pose.
	KeypointShape [2]int
	// KeypointNames are the keypoints' names, the same for every class.
	KeypointNames []string
	// EndToEnd says that the head needs no NMS (YOLOv10, YOLO26).
	EndToEnd bool
	// EmbeddedNMS says that the graph ends in NMS (export(nms=True)).
	EmbeddedNMS bool
	// Stretched says that the picture fills the input, its shape given up: what make
	// model writes for networks that were trained so.
	Stretched bool
	// Description and License are the file's own words.
	Description, License string
}

// Size is a height and a width in pixels, in the order of a tensor's axes.
type Size struct{ H, W int }

// Bounds of what a model file may claim.
const (
	maxClasses   = 100_000
	maxStride    = 256
	maxInputSide = 16_384
	maxBatch     = 256
	maxKeypoints = 1_000
	// maxInput is how many pixels an input may have, of all pictures of its batch: a
	// tensor of 200 MB.
	maxInput = 4096 * 4096
)

// ParseMetadata reads the metadata of an ONNX file. Missing keys are not an error:
// the stride is then 32. A key that can't be read is.
func ParseMetadata(props map[string]string) (Metadata, error) {
	m := Metadata{Stride: 32, Description: props["description"], License: props["license"], Head: props["head"]}
	for _, read := range []struct {
		key string
		set func(*Metadata, string) error
	}{
		{"task", setTask},
		{"names", setNames},
		{"stride", setStride},
		{"imgsz", setImgSize},
		{"kpt_shape", setKeypointShape},
		{"kpt_names", setKeypointNames},
		{"end2end", setEndToEnd},
		{"args", setArgs},
		{"yolambda_resize", setResize},
	} {
		text, ok := props[read.key]
		if !ok {
			continue
		}
		if err := read.set(&m, text); err != nil {
			return Metadata{}, fmt.Errorf("read metadata %s = %q: %w", read.key, clip(text), err)
		}
	}
	return m, nil
}

func setTask(m *Metadata, text string) error {
	switch m.Task = Task(text); m.Task {
	case Detect, Segment, Pose, OBB, Classify, Semantic, Depth:
		return nil
	}
	return fmt.Errorf("unknown task; known are %s, %s, %s, %s, %s, %s, %s", Detect, Segment, Pose, OBB, Classify, Semantic, Depth)
}

// setNames reads a dict of ids (which may leave some out) or a list.
func setNames(m *Metadata, text string) error {
	v, err := parseLiteral(text)
	if err != nil {
		return err
	}
	switch names := v.(type) {
	case []any:
		for id, name := range names {
			if err := m.setName(float64(id), name); err != nil {
				return err
			}
		}
	case dict:
		for _, it := range names {
			id, ok := it.key.(float64)
			if s, isString := it.key.(string); isString {
				id, err = strconv.ParseFloat(s, 64)
				ok = err == nil
			}
			if !ok {
				return fmt.Errorf("class id %v is not a number", it.key)
			}
			if err := m.setName(id, it.value); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("want a dict or a list")
	}
	return nil
}

func (m *Metadata) setName(id float64, name any) error {
	if id != math.Trunc(id) || !(id >= 0 && id < maxClasses) {
		return fmt.Errorf("class id %v is not a whole number below %d", id, maxClasses)
	}
	for len(m.Names) <= int(id) {
		m.Names = append(m.Names, "")
	}
	if name != nil {
		m.Names[int(id)] = fmt.Sprint(name)
	}
	return nil
}

func setStride(m *Metadata, text string) error {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || f != math.Trunc(f) || !(f >= 1 && f <= maxStride) {
		return fmt.Errorf("want a whole number from 1 to %d", maxStride)
	}
	m.Stride = int(f)
	return nil
}

// setImgSize reads [height, width] or one number for both.
func setImgSize(m *Metadata, text string) error {
	n, err := parseInts(text, maxInputSide)
	switch {
	case err != nil:
		return err
	case len(n) == 1:
		m.ImgSize = Size{n[0], n[0]}
	case len(n) == 2:
		m.ImgSize = Size{n[0], n[1]}
	default:
		return fmt.Errorf("want one or two numbers")
	}
	return nil
}

func setKeypointShape(m *Metadata, text string) error {
	n, err := parseInts(text, maxKeypoints)
	if err != nil {
		return err
	}
	if len(n) != 2 || n[1] < 2 || n[1] > 3 {
		return fmt.Errorf("want [keypoints, 2 or 3]")
	}
	m.KeypointShape = [2]int{n[0], n[1]}
	return nil
}

// setKeypointNames reads {class: [name, …]}; Ultralytics gives every class the
// same names.
func setKeypointNames(m *Metadata, text string) error {
	v, err := parseLiteral(text)
	if err != nil {
		return err
	}
	classes, ok := v.(dict)
	if !ok || len(classes) == 0 {
		return nil
	}
	names, _ := classes[0].value.([]any)
	for _, name := range names {
		m.KeypointNames = append(m.KeypointNames, fmt.Sprint(name))
	}
	return nil
}

func setEndToEnd(m *Metadata, text string) error {
	m.EndToEnd = strings.EqualFold(strings.TrimSpace(text), "true")
	return nil
}

func setResize(m *Metadata, text string) error {
	if text != "stretch" && text != "letterbox" {
		return errors.New("want stretch or letterbox")
	}
	m.Stretched = text == "stretch"
	return nil
}

// setArgs looks into the exporter's arguments for nms, the one that changes
// the layout. The other arguments may be anything.
func setArgs(m *Metadata, text string) error {
	if v, err := parseLiteral(text); err == nil {
		args, _ := v.(dict)
		m.EmbeddedNMS, _ = args.get("nms").(bool)
	}
	return nil
}

// parseInts reads a number or a list of numbers from 1 to most.
func parseInts(text string, most int) ([]int, error) {
	v, err := parseLiteral(text)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	ints := make([]int, len(list))
	for i, e := range list {
		f, ok := e.(float64)
		if !ok || f != math.Trunc(f) || !(f >= 1 && f <= float64(most)) {
			return nil, fmt.Errorf("%v is not a whole number from 1 to %d", e, most)
		}
		ints[i] = int(f)
	}
	return ints, nil
}
