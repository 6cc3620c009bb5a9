package annotate

import (
	"image"
	"image/color"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
)

// LeastVisible is the confidence below which a key point counts as hidden.
const LeastVisible = 0.5

// coco names the 17 key points of a person in COCO's order, for models that
// don't name theirs.
var coco = [...]string{
	"nose", "left_eye", "right_eye", "left_ear", "right_ear",
	"left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
	"left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
}

// limbs join the key points of a person, by name.
var limbs = [...][2]string{
	{"left_ear", "left_eye"}, {"left_eye", "nose"}, {"nose", "right_eye"}, {"right_eye", "right_ear"},
	{"left_ear", "left_shoulder"}, {"right_ear", "right_shoulder"},
	{"left_shoulder", "right_shoulder"}, {"left_hip", "right_hip"},
	{"left_shoulder", "left_elbow"}, {"left_elbow", "left_wrist"},
	{"right_shoulder", "right_elbow"}, {"right_elbow", "right_wrist"},
	{"left_shoulder", "left_hip"}, {"right_shoulder", "right_hip"},
	{"left_hip", "left_knee"}, {"left_knee", "left_ankle"},
	{"right_hip", "right_knee"}, {"right_knee", "right_ankle"},
}

// Keypoints returns the names of a person's key points, in the order in which models
// trained on COCO list them.
func Keypoints() []string { return slices.Clone(coco[:]) }

// Limbs returns the pairs of a person's key points that are joined, by name.
func Limbs() [][2]string { return slices.Clone(limbs[:]) }

// drawPose draws the visible key points as dots and, of a person, the limbs
// between them.
func drawPose(canvas *image.RGBA, keypoints []api.Keypoint, c color.RGBA, s style) {
	visible := map[string]point{}
	var dots []point
	for i, k := range keypoints {
		if k.Conf != nil && *k.Conf < LeastVisible {
			continue
		}
		p := point{k.X, k.Y}
		dots = append(dots, p)
		name := k.Name
		if name == "" && len(keypoints) == len(coco) {
			name = coco[i]
		}
		visible[name] = p
	}
	var edge, body, joints, centres path
	line, halo := float32(s.line), float32(s.halo)
	for _, limb := range limbs {
		a, seesA := visible[limb[0]]
		b, seesB := visible[limb[1]]
		if seesA && seesB {
			edge.line(a, b, line+2*halo)
			body.line(a, b, line)
		}
	}
	for _, p := range dots {
		edge.dot(p, 1.5*line+halo)
		joints.dot(p, 1.5*line)
		centres.dot(p, 0.75*line)
	}
	edge.fill(canvas, haloColour)
	body.fill(canvas, c)
	joints.fill(canvas, rgb(0xFFFFFF))
	centres.fill(canvas, c)
}
