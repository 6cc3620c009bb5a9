package handler

import (
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/yolo"
)

var (
	boxTasks  = []yolo.Task{yolo.Detect, yolo.Segment, yolo.Pose, yolo.OBB}
	mapTasks  = []yolo.Task{yolo.Semantic, yolo.Depth}
	maskTasks = []yolo.Task{yolo.Segment, yolo.Semantic}
)

// uses are the options that some tasks have no use for, with the tasks that have. The
// others mean something to all.
var uses = []struct {
	option string
	asked  func(api.Options) bool
	tasks  []yolo.Task
}{
	{"conf_thres", func(o api.Options) bool { return o.Conf != nil }, append(boxTasks, yolo.Classify)},
	{"iou_thres", func(o api.Options) bool { return o.IoU != nil }, boxTasks},
	{"max_det", func(o api.Options) bool { return o.MaxDet > 0 }, boxTasks},
	{"classes", func(o api.Options) bool { return o.Classes != nil || o.ClassIDs != nil }, append(boxTasks, yolo.Classify, yolo.Semantic)},
	{"agnostic_nms", func(o api.Options) bool { return o.AgnosticNMS }, boxTasks},
	{"tile", func(o api.Options) bool { return o.Tile > 0 }, boxTasks},
	{"tile_overlap", func(o api.Options) bool { return o.TileOverlap != nil }, boxTasks},
	// A classifier's picture is cut in the middle, as Ultralytics does.
	{"letterbox=corner", func(o api.Options) bool { return o.Letterbox == api.Corner }, append(boxTasks, mapTasks...)},
	{"rect", func(o api.Options) bool { return o.Rect != nil }, append(boxTasks, yolo.Semantic)},
	{"mask=png", func(o api.Options) bool { return o.Mask == api.PNG }, mapTasks},
	{"mask", func(o api.Options) bool { return o.Mask == api.Polygon || o.Mask == api.RunLengths }, maskTasks},
	{"format=roboflow", func(o api.Options) bool { return o.Format == api.RoboflowFormat }, append(boxTasks, yolo.Classify)},
}

// fits refuses what cannot be honoured: nothing that is asked is dropped.
func (s served) fits(o api.Options) error {
	for _, u := range uses {
		if u.asked(o) && !slices.Contains(u.tasks, s.Task) {
			return api.Errorf(api.InvalidRequest, "option %s: the model %s of the task %s has no use for it", u.option, s.name, s.Task)
		}
	}
	if o.TileOverlap != nil && o.Tile == 0 {
		return api.Errorf(api.InvalidRequest, "option tile_overlap: it counts together with tile only")
	}
	if o.Mask != "" && o.Mask != api.Polygon && (o.Format == api.UltralyticsFormat || o.Format == api.PictureFormat) {
		return api.Errorf(api.InvalidRequest, "option mask: format=%s has one form of masks; leave the option out, or ask for format=%s", o.Format, api.NativeFormat)
	}
	return nil
}
