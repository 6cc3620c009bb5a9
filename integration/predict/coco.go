package predict

import (
	"io"
	"math"

	"github.com/yolambda/yolambda/lambda/api"
)

// cocoFile is a dataset in COCO's form. The annotations have a score besides, so that
// pycocotools takes them for results too. Coordinates are in pixels of the upright picture.
type cocoFile struct {
	Info        cocoInfo         `json:"info"`
	Images      []cocoImage      `json:"images"`
	Annotations []cocoAnnotation `json:"annotations"`
	Categories  []cocoCategory   `json:"categories"`
}

type cocoInfo struct {
	Description string `json:"description"`
}

type cocoImage struct {
	ID       int    `json:"id"` // from 1, in the pictures' order
	FileName string `json:"file_name"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
}

type cocoAnnotation struct {
	ID           int       `json:"id"` // from 1
	ImageID      int       `json:"image_id"`
	CategoryID   int       `json:"category_id"` // the model's own id of the class
	BBox         [4]int    `json:"bbox"`        // x, y, width, height
	Area         float64   `json:"area"`        // of the mask, the oriented box, or the box
	Segmentation any       `json:"segmentation"`
	IsCrowd      int       `json:"iscrowd"`
	Keypoints    []float64 `json:"keypoints,omitempty"` // x, y, visibility
	NumKeypoints int       `json:"num_keypoints,omitempty"`
	Score        float32   `json:"score"`
}

type cocoCategory struct {
	ID        int      `json:"id"`
	Name      string   `json:"name"`
	Keypoints []string `json:"keypoints,omitempty"`
}

// dataset collects a COCO file.
type dataset struct {
	w          io.Writer
	file       cocoFile
	categories map[int]int // id → its place in the file
}

func newCOCO(w io.Writer, model about) *dataset {
	d := &dataset{w: w, categories: map[int]int{}, file: cocoFile{
		Info:   cocoInfo{"what " + model.Model + " sees, by yolambda predict"},
		Images: []cocoImage{}, Annotations: []cocoAnnotation{}, Categories: []cocoCategory{},
	}}
	for _, id := range model.ids() {
		d.category(id, model.Names[id])
	}
	return d
}

// category finds a category, or adds it where the function did not tell its classes.
func (d *dataset) category(id int, name string) *cocoCategory {
	at, known := d.categories[id]
	if !known {
		at = len(d.file.Categories)
		d.categories[id] = at
		d.file.Categories = append(d.file.Categories, cocoCategory{ID: id, Name: name})
	}
	return &d.file.Categories[at]
}

func (d *dataset) Write(r Result) error {
	if r.Err != nil {
		return nil
	}
	image := cocoImage{ID: len(d.file.Images) + 1, FileName: r.Name, Width: r.Reply.Image.Width, Height: r.Reply.Image.Height}
	d.file.Images = append(d.file.Images, image)
	for _, found := range r.Reply.Detections {
		category := d.category(found.ClsID, found.Cls)
		a, err := cocoAnnotationOf(found)
		if err != nil {
			return err
		}
		a.ID, a.ImageID = len(d.file.Annotations)+1, image.ID
		d.file.Annotations = append(d.file.Annotations, a)
		if category.Keypoints == nil {
			for i, k := range found.Keypoints {
				category.Keypoints = append(category.Keypoints, keypointName(k, i))
			}
		}
	}
	return nil
}

func (d *dataset) Close() error {
	data, err := marshal(d.file)
	if err != nil {
		return err
	}
	_, err = d.w.Write(append(data, '\n'))
	return err
}

func cocoAnnotationOf(d api.Detection) (cocoAnnotation, error) {
	w, h := d.Box[2]-d.Box[0], d.Box[3]-d.Box[1]
	a := cocoAnnotation{
		CategoryID: d.ClsID, Score: d.Conf,
		BBox: [4]int{d.Box[0], d.Box[1], w, h}, Area: float64(w) * float64(h),
		Segmentation: [][]float64{},
	}
	switch {
	case d.Mask != nil && d.Mask.RLE != nil:
		area, err := d.Mask.RLE.Area()
		if err != nil {
			return a, err
		}
		a.Segmentation, a.Area = d.Mask.RLE, float64(area)
	case len(outlines(d)) > 0:
		a.Area = 0
		polygons := [][]float64{}
		for _, outline := range outlines(d) {
			var flat []float64
			for _, p := range outline {
				flat = append(flat, p[0], p[1])
			}
			polygons = append(polygons, flat)
			a.Area += enclosed(flat)
		}
		a.Segmentation = polygons
	}
	for _, k := range d.Keypoints {
		a.Keypoints = append(a.Keypoints, float64(k.X), float64(k.Y), float64(visibility(k)))
		a.NumKeypoints++
	}
	return a, nil
}

// enclosed is the area within an outline, x and y by turns.
func enclosed(outline []float64) float64 {
	twice := 0.0
	for i := 0; i < len(outline); i += 2 {
		next := (i + 2) % len(outline)
		twice += outline[i]*outline[next+1] - outline[next]*outline[i+1]
	}
	return math.Abs(twice) / 2
}
