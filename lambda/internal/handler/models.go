package handler

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// Models are the models that the function serves, by their files' names without
// the extension. Each is opened once, when it is first asked for.
type Models struct {
	names []string // the default first
	open  map[string]func() (*yolo.Model, error)
}

// NewModels serves the files at paths; the first is the default, and of files of
// the same name the first counts.
func NewModels(paths []string, open func(path string) (*yolo.Model, error)) *Models {
	m := &Models{open: map[string]func() (*yolo.Model, error){}}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		if m.open[name] == nil {
			m.names = append(m.names, name)
			m.open[name] = sync.OnceValues(func() (*yolo.Model, error) { return open(path) })
		}
	}
	return m
}

// Default is the name of the model that answers where a request names none.
func (m *Models) Default() string { return m.names[0] }

// find checks the name of a model; an empty one means the default.
func (m *Models) find(name string) (string, error) {
	if name == "" {
		name = m.Default()
	}
	if !slices.Contains(m.names, name) {
		return "", api.Errorf(api.InvalidRequest, "option model: there is no model %.60q here; there are %s", name, strings.Join(m.names, ", "))
	}
	return name, nil
}

// get opens a model by name; an empty name means the default.
func (m *Models) get(name string) (served, error) {
	name, err := m.find(name)
	if err != nil {
		return served{}, err
	}
	model, err := m.open[name]()
	return served{model, name}, err
}

// served is a model with its name.
type served struct {
	*yolo.Model
	name string
}

// options fits what the caller asks to the model.
func (s served) options(o api.Options) (yolo.Options, error) {
	conf, iou := o.Format.Thresholds()
	if o.Conf != nil {
		conf = *o.Conf
	} else if s.Task == yolo.Classify {
		conf = 0 // the five most probable, whatever their probability
	}
	if o.IoU != nil {
		iou = *o.IoU
	}
	out := yolo.Options{
		ImgSize: o.ImgSize, Conf: float32(conf), IoU: float32(iou), MaxDet: o.MaxDet, AgnosticNMS: o.AgnosticNMS,
		Suppress: o.IoU != nil || o.AgnosticNMS, Square: o.Rect != nil && !*o.Rect, Tile: o.Tile, TileOverlap: yolo.Defaults().TileOverlap,
	}
	if o.TileOverlap != nil {
		out.TileOverlap = *o.TileOverlap
	}
	if o.Letterbox == api.Center {
		out.Placement = yolo.Center
	}
	if err := s.fits(o); err != nil {
		return yolo.Options{}, err
	}
	for _, c := range o.Classes {
		ids := s.ClassIDs(c)
		if len(ids) == 0 {
			return yolo.Options{}, api.Errorf(api.InvalidRequest, "option classes: the model %s has no class %.60q%s; GET / lists its classes", s.name, c, s.meant(c))
		}
		out.Classes = append(out.Classes, ids...)
	}
	for _, id := range o.ClassIDs {
		if !s.HasClass(id) {
			return yolo.Options{}, api.Errorf(api.InvalidRequest, "option classes: the model %s has no class with the id %d; GET / lists its classes", s.name, id)
		}
		out.Classes = append(out.Classes, id)
	}
	return out, nil
}

// meant asks whether the most similar name was meant; empty where none is close.
func (s served) meant(name string) string {
	if like := s.SimilarClass(name); like != "" {
		return fmt.Sprintf(", did you mean %q?", like)
	}
	return ""
}
