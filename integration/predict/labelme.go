package predict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/yolambda/yolambda/lambda/api"
)

// labelMeVersion is the version of LabelMe whose files these are.
const labelMeVersion = "5.5.0"

// labelMeFile is a file of LabelMe. Points are in pixels of the upright picture, as LabelMe
// shows it.
type labelMeFile struct {
	Version string          `json:"version"`
	Flags   map[string]bool `json:"flags"` // a classified picture's most probable class
	Shapes  []labelMeShape  `json:"shapes"`
	// ImagePath leads from the file to the picture; ImageData is the picture, where it
	// is not a file.
	ImagePath   string `json:"imagePath"`
	ImageData   []byte `json:"imageData"`
	ImageHeight int    `json:"imageHeight"`
	ImageWidth  int    `json:"imageWidth"`
}

type labelMeShape struct {
	Label  string       `json:"label"`
	Points [][2]float64 `json:"points"`
	// GroupID is the same for all shapes of a detection that has several.
	GroupID     *int            `json:"group_id"`
	Description string          `json:"description"`
	Type        string          `json:"shape_type"`
	Flags       map[string]bool `json:"flags"`
}

// labelMe writes the file that goes to path.
func labelMe(s Source, path string, picture []byte, r *api.Response) ([]byte, error) {
	f := labelMeFile{
		Version: labelMeVersion, Flags: map[string]bool{}, Shapes: []labelMeShape{},
		ImageHeight: r.Image.Height, ImageWidth: r.Image.Width,
	}
	var err error
	if f.ImagePath, err = fromLabel(s, path); err != nil {
		return nil, err
	}
	if f.ImagePath == "" {
		f.ImagePath, f.ImageData = filepath.Base(s.rel()), picture
	}
	if len(r.Classification) > 0 {
		f.Flags[r.Classification[0].Cls] = true
	}
	for i, d := range r.Detections {
		f.Shapes = append(f.Shapes, labelMeShapes(d, i+1)...)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(f)
	return b.Bytes(), err
}

// fromLabel is the way from a label to its picture, empty where that is no file.
func fromLabel(s Source, path string) (string, error) {
	if !s.isFile() {
		return "", nil
	}
	from, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("find the way to the picture: %w", err)
	}
	to, err := filepath.Abs(s.Name)
	if err != nil {
		return "", fmt.Errorf("find the way to the picture: %w", err)
	}
	way, err := filepath.Rel(from, to)
	if err != nil {
		return to, nil // on another of Windows' drives
	}
	return filepath.ToSlash(way), nil
}

// labelMeShapes are the shapes of the detection of that number.
func labelMeShapes(d api.Detection, number int) []labelMeShape {
	shape := func(label, kind string, points ...[2]float64) labelMeShape {
		return labelMeShape{Label: label, Points: points, Type: kind, Flags: map[string]bool{}}
	}
	var shapes []labelMeShape
	for _, outline := range outlines(d) {
		shapes = append(shapes, shape(d.Cls, "polygon", outline...))
	}
	if len(shapes) == 0 {
		shapes = append(shapes, shape(d.Cls, "rectangle",
			[2]float64{float64(d.Box[0]), float64(d.Box[1])}, [2]float64{float64(d.Box[2]), float64(d.Box[3])}))
	}
	for i, k := range d.Keypoints {
		shapes = append(shapes, shape(keypointName(k, i), "point", [2]float64{float64(k.X), float64(k.Y)}))
	}
	for i := range shapes {
		shapes[i].Description = fmt.Sprintf("confidence %.4g", d.Conf)
		if len(shapes) > 1 {
			shapes[i].GroupID = &number
		}
	}
	return shapes
}
