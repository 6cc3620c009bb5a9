package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Limits of the options.
const (
	MinImgSize = 32   // pixels
	MaxImgSize = 4096 // pixels
	MaxMaxDet  = 3000 // detections in one reply
	MaxClasses = 1000 // classes to keep
	MinTile    = 64   // pixels
	MaxTile    = 8192 // pixels
	// MaxTileOverlap keeps tiles from covering each other many times over.
	MaxTileOverlap = 0.9
)

// Options are what a caller may ask besides the picture. The zero value asks
// nothing: then the model's own input size and the defaults of the reply's
// dialect count.
type Options struct {
	// ImgSize is the length in pixels of the longer side of the model's input.
	ImgSize int
	// Conf is the least confidence of a detection, in [0, 1].
	Conf *float64
	// IoU is the overlap in [0, 1] above which NMS drops the weaker of two boxes.
	IoU *float64
	// MaxDet is the greatest number of detections in the reply.
	MaxDet int
	// Classes keeps detections of these classes only, given by name or, where
	// no class has that name, by id.
	Classes []string
	// ClassIDs are those of them that are given as numbers, which are never names.
	ClassIDs []int
	// AgnosticNMS lets boxes of different classes suppress each other.
	AgnosticNMS bool
	// Tile is the side in pixels of overlapping tiles that the model looks at
	// besides the whole picture, to find small things in large pictures.
	Tile int
	// TileOverlap is the fraction of a tile that its neighbour shares, in
	// [0, 0.9]; nil for 0.2.
	TileOverlap *float64
	// Model names one of the models that the function serves; empty for its
	// default.
	Model string
	// Letterbox is where the picture lies in the model's input.
	Letterbox Placement
	// Rect, if false, pads the input of a model of dynamic size to a square, as
	// Ultralytics does with rect=False; nil and true pad to the stride only.
	Rect *bool
	// Mask is the form of the masks of a segment model.
	Mask MaskForm
	// Format is the dialect of the reply.
	Format Format
}

// Placement is where the letterbox puts the picture: at the corner, padded
// right and bottom (the default), or in the centre as Ultralytics does.
type Placement string

// The two placements.
const (
	Corner Placement = "corner"
	Center Placement = "center"
)

// MaskForm is how masks are written.
type MaskForm string

// The forms of masks. Polygon is the default.
const (
	Polygon    MaskForm = "polygon"
	RunLengths MaskForm = "rle"
	// PNG is for class maps and depth: the whole map as a picture.
	PNG MaskForm = "png"
)

// Format is a dialect of the reply.
type Format string

// The dialects. UltralyticsFormat and RoboflowFormat are the shapes of those
// services' replies; Picture is the picture itself with the detections drawn.
const (
	NativeFormat      Format = "yolambda"
	UltralyticsFormat Format = "ultralytics"
	RoboflowFormat    Format = "roboflow"
	PictureFormat     Format = "image"
)

// Thresholds are the confidence and the IoU that count where a request of this
// dialect asks none.
func (f Format) Thresholds() (conf, iou float64) {
	if f == UltralyticsFormat {
		return 0.25, 0.7
	}
	return 0.3, 0.3
}

// option reads one option's value into o.
type option struct {
	name    string   // as Options.Query writes it
	aliases []string // other names for the same
	set     func(o *Options, v value) error
	get     func(o Options) any // as JSON; nil when not asked
}

// options is the one table of what can be asked.
var options = []option{
	{
		name: "imgsz", aliases: []string{"size"},
		set: func(o *Options, v value) (err error) { o.ImgSize, err = v.integer(MinImgSize, MaxImgSize); return },
		get: func(o Options) any { return asked(o.ImgSize) },
	},
	{
		name: "conf_thres", aliases: []string{"conf", "confidence"},
		set: func(o *Options, v value) (err error) { o.Conf, err = v.fraction(1); return },
		get: func(o Options) any { return pointed(o.Conf) },
	},
	{
		name: "iou_thres", aliases: []string{"iou", "overlap"},
		set: func(o *Options, v value) (err error) { o.IoU, err = v.fraction(1); return },
		get: func(o Options) any { return pointed(o.IoU) },
	},
	{
		name: "max_det",
		set:  func(o *Options, v value) (err error) { o.MaxDet, err = v.integer(1, MaxMaxDet); return },
		get:  func(o Options) any { return asked(o.MaxDet) },
	},
	{
		name: "classes",
		set:  func(o *Options, v value) (err error) { o.Classes, o.ClassIDs, err = v.list(); return },
		get: func(o Options) any {
			if o.ClassIDs == nil {
				return listed(o.Classes)
			}
			var both []any
			for _, name := range o.Classes {
				both = append(both, name)
			}
			for _, id := range o.ClassIDs {
				both = append(both, id)
			}
			return both
		},
	},
	{
		name: "agnostic_nms",
		set:  func(o *Options, v value) (err error) { o.AgnosticNMS, err = v.boolean(); return },
		get:  func(o Options) any { return asked(o.AgnosticNMS) },
	},
	{
		name: "tile",
		set:  func(o *Options, v value) (err error) { o.Tile, err = v.integer(MinTile, MaxTile); return },
		get:  func(o Options) any { return asked(o.Tile) },
	},
	{
		name: "tile_overlap",
		set:  func(o *Options, v value) (err error) { o.TileOverlap, err = v.fraction(MaxTileOverlap); return },
		get:  func(o Options) any { return pointed(o.TileOverlap) },
	},
	{
		name: "model",
		set:  func(o *Options, v value) (err error) { o.Model, err = v.word(); return },
		get:  func(o Options) any { return asked(o.Model) },
	},
	{
		name: "letterbox",
		set:  func(o *Options, v value) error { return choose(&o.Letterbox, v, Corner, Center) },
		get:  func(o Options) any { return asked(o.Letterbox) },
	},
	{
		name: "rect",
		set: func(o *Options, v value) error {
			b, err := v.boolean()
			o.Rect = &b
			return err
		},
		get: func(o Options) any { return pointed(o.Rect) },
	},
	{
		name: "mask",
		set:  func(o *Options, v value) error { return choose(&o.Mask, v, Polygon, RunLengths, PNG) },
		get:  func(o Options) any { return asked(o.Mask) },
	},
	{
		name: "format",
		set: func(o *Options, v value) error {
			return choose(&o.Format, v, NativeFormat, UltralyticsFormat, RoboflowFormat, PictureFormat)
		},
		get: func(o Options) any { return asked(o.Format) },
	},
}

// Set reads one option from its name or alias and its value: a string (of a
// query or a form) or a value that encoding/json decodes into an any. The error
// is an *Error that names the option, the value and what is allowed.
func (o *Options) Set(name string, v any) error {
	for _, opt := range options {
		if opt.is(name) {
			if err := opt.set(o, value{v}); err != nil {
				return Errorf(InvalidRequest, "option %s: %v", name, err)
			}
			return nil
		}
	}
	return Errorf(InvalidRequest, "option %q is unknown; known are %s", clip(name), strings.Join(OptionNames(), ", "))
}

// SetAll reads options that are given in one place, by their names or aliases, each once. The
// order is fixed, so that the same request always gets the same answer.
func (o *Options) SetAll(given map[string]any) error {
	aliases := map[string]string{} // that were given, by the options' names
	for _, alias := range slices.Sorted(maps.Keys(given)) {
		name := OptionName(alias)
		if other, ok := aliases[name]; ok {
			return Errorf(InvalidRequest, "option %s is given twice, as %s and as %s", name, other, alias)
		}
		aliases[name] = alias
		if err := o.Set(alias, given[alias]); err != nil {
			return err
		}
	}
	return nil
}

// SetQuery is SetAll for the options of a query string or a form: a name that is given more
// than once stands for a list.
func (o *Options) SetQuery(values url.Values) error {
	given := make(map[string]any, len(values))
	for name, texts := range values {
		if len(texts) == 1 {
			given[name] = texts[0]
			continue
		}
		list := make([]any, len(texts))
		for i, text := range texts {
			list[i] = text
		}
		given[name] = list
	}
	return o.SetAll(given)
}

// OptionName is the name that stands for an option's aliases, or name itself
// where it is none of them.
func OptionName(name string) string {
	for _, opt := range options {
		if opt.is(name) {
			return opt.name
		}
	}
	return name
}

// Query writes the options as a query string's values, for a request whose body
// is the picture itself. Options that are not asked are left out. ClassIDs become texts there,
// which a model may have as a name: MarshalJSON of a Request keeps the two apart.
func (o Options) Query() url.Values {
	q := url.Values{}
	for _, opt := range options {
		switch v := opt.get(o).(type) {
		case nil:
		case []string:
			q.Set(opt.name, strings.Join(v, ","))
		case []any:
			var words []string
			for _, item := range v {
				words = append(words, fmt.Sprint(item))
			}
			q.Set(opt.name, strings.Join(words, ","))
		default:
			q.Set(opt.name, fmt.Sprint(v))
		}
	}
	return q
}

// OptionNames lists every option with its aliases, as in "conf_thres|conf".
func OptionNames() []string {
	names := make([]string, 0, len(options))
	for _, opt := range options {
		names = append(names, strings.Join(append([]string{opt.name}, opt.aliases...), "|"))
	}
	slices.Sort(names)
	return names
}

func (opt option) is(name string) bool {
	for _, alias := range opt.aliases {
		if alias == name {
			return true
		}
	}
	return opt.name == name
}

// value is one option's value, from JSON or from a query string.
type value struct{ any }

// String shows the value in an error message as JSON would write it.
func (v value) String() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v.any); err != nil {
		return "?"
	}
	return clip(strings.TrimSpace(b.String()))
}

func (v value) float() (float64, bool) {
	switch x := v.any.(type) {
	case float64:
		return x, true
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(x), 64)
		return f, err == nil
	}
	return 0, false
}

func (v value) integer(least, most int) (int, error) {
	f, ok := v.float()
	// The comparison is written so that NaN fails it.
	if !ok || f != math.Trunc(f) || !(f >= float64(least) && f <= float64(most)) {
		return 0, fmt.Errorf("%v is not a whole number from %d to %d", v, least, most)
	}
	return int(f), nil
}

func (v value) fraction(most float64) (*float64, error) {
	f, ok := v.float()
	if !ok || !(f >= 0 && f <= most) {
		return nil, fmt.Errorf("%v is not a number from 0 to %g", v, most)
	}
	return &f, nil
}

func (v value) word() (string, error) {
	s, ok := v.any.(string)
	if !ok || s == "" {
		return "", fmt.Errorf("%v is not a name", v)
	}
	return s, nil
}

func (v value) boolean() (bool, error) {
	switch x := v.any.(type) {
	case bool:
		return x, nil
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(x)); err == nil {
			return b, nil
		}
	}
	return false, fmt.Errorf("%v is not true or false", v)
}

// list reads a JSON array of strings and whole numbers, one of either alone, or
// a comma-separated string. There, a class whose name holds a comma goes by its
// id.
func (v value) list() (items []string, ids []int, err error) {
	switch x := v.any.(type) {
	case string:
		items = strings.Split(x, ",")
	case []any:
		if len(x) == 0 {
			return nil, nil, fmt.Errorf("the list is empty; leave the option out to keep every class")
		}
		for _, item := range x {
			if id, ok := item.(float64); ok && id == math.Trunc(id) && id >= 0 && id < 1e6 {
				ids = append(ids, int(id))
				continue
			}
			s, ok := scalar(item)
			if !ok {
				return nil, nil, fmt.Errorf("%v is not a class name or id", value{item})
			}
			items = append(items, s)
		}
	default:
		if id, ok := x.(float64); ok && id == math.Trunc(id) && id >= 0 && id < 1e6 {
			return nil, []int{int(id)}, nil
		}
		s, ok := scalar(x)
		if !ok {
			return nil, nil, fmt.Errorf("%v is not a list of class names or ids", v)
		}
		items = []string{s}
	}
	if n := len(items) + len(ids); n > MaxClasses {
		return nil, nil, fmt.Errorf("the list has %d classes; %d are allowed", n, MaxClasses)
	}
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
		if items[i] == "" {
			return nil, nil, fmt.Errorf("%v holds an empty class name", v)
		}
	}
	return items, ids, nil
}

// listed is nil where nothing is asked.
func listed(classes []string) any {
	if classes == nil {
		return nil
	}
	return classes
}

// scalar writes a JSON string or whole number as a string.
func scalar(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), x == math.Trunc(x)
	}
	return "", false
}

// choose reads one of the allowed words into dst.
func choose[T ~string](dst *T, v value, allowed ...T) error {
	for _, a := range allowed {
		if s, ok := v.any.(string); ok && s == string(a) {
			*dst = a
			return nil
		}
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	return fmt.Errorf("%v is not one of %s", v, strings.Join(words, ", "))
}

// clip keeps a caller's own words short in a message.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// asked is v, or nil where v is the zero value.
func asked[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// pointed is what p points at, or nil.
func pointed[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}
