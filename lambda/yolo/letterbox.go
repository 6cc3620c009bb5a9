package yolo

import "math"

// Placement is where the letterbox puts the picture in the tensor.
type Placement int

const (
	// Corner puts the picture at the top left and pads right and bottom, as the
	// Python reference does. Downscaling averages over all source pixels.
	Corner Placement = iota
	// Center pads evenly on both sides, resizes with OpenCV's bilinear filter and
	// decides masks at the tensor's pixels, all as Ultralytics does.
	Center
)

// Letterbox is the geometry of fitting a picture into the tensor: the picture
// is scaled by one ratio and the rest of the tensor is padded. For the classify
// task the picture covers the tensor instead, and what sticks out is cropped:
// the offsets are then negative.
//
// It alone converts coordinates between the picture and the tensor.
type Letterbox struct {
	Picture Size // the upright picture
	Tensor  Size // the network's input
	Resized Size // the picture's size in the tensor
	Gain    float64
	// Left and Top are where the resized picture starts in the tensor.
	Left, Top int

	placement Placement
	stretched bool
}

// newStretch lets the picture fill the tensor, its shape given up.
func newStretch(picture, tensor Size, p Placement) Letterbox {
	return Letterbox{
		Picture: picture, Tensor: tensor, Resized: tensor, placement: p, stretched: true,
		Gain: math.Min(float64(tensor.H)/float64(picture.H), float64(tensor.W)/float64(picture.W)),
	}
}

// fit is how the tensor's size follows from the picture's.
type fit struct {
	// size is what the picture must fit into.
	size Size
	// multiple of the tensor's sides, when the graph takes any: the tensor
	// shrinks to the picture's shape unless square. 0 keeps the tensor at size.
	multiple int
	square   bool
	// minAnchors is the least number of anchors that the graph can take.
	minAnchors int
	placement  Placement
}

// newLetterbox fits a picture into f.size.
func newLetterbox(picture Size, f fit) Letterbox {
	gain := math.Min(float64(f.size.H)/float64(picture.H), float64(f.size.W)/float64(picture.W))
	lb := Letterbox{
		Picture: picture,
		Tensor:  f.size,
		Gain:    gain, placement: f.placement,
		Resized: Size{H: scale(picture.H, gain, f.size.H), W: scale(picture.W, gain, f.size.W)},
	}
	if f.multiple > 0 && !f.square {
		lb.Tensor = Size{H: roundUp(lb.Resized.H, f.multiple), W: roundUp(lb.Resized.W, f.multiple)}
	}
	for f.multiple > 0 && anchors(lb.Tensor) < f.minAnchors {
		if lb.Tensor.H <= lb.Tensor.W {
			lb.Tensor.H += f.multiple
		} else {
			lb.Tensor.W += f.multiple
		}
	}
	if f.placement == Center {
		// Ultralytics rounds half the padding down on these sides.
		lb.Left = int(math.RoundToEven(float64(lb.Tensor.W-lb.Resized.W)/2 - 0.1))
		lb.Top = int(math.RoundToEven(float64(lb.Tensor.H-lb.Resized.H)/2 - 0.1))
	}
	return lb
}

// newCenterCrop scales the picture's shorter side to the tensor and crops the
// middle, as torchvision's Resize and CenterCrop do.
func newCenterCrop(picture, tensor Size) Letterbox {
	lb := Letterbox{Picture: picture, Tensor: tensor, Resized: tensor}
	if tensor.H == tensor.W {
		side := tensor.H
		if picture.W <= picture.H {
			lb.Resized.H = int(float64(side) * float64(picture.H) / float64(picture.W))
		} else {
			lb.Resized.W = int(float64(side) * float64(picture.W) / float64(picture.H))
		}
	}
	lb.Gain = math.Max(float64(lb.Resized.H)/float64(picture.H), float64(lb.Resized.W)/float64(picture.W))
	lb.Left = -int(math.RoundToEven(float64(lb.Resized.W-tensor.W) / 2))
	lb.Top = -int(math.RoundToEven(float64(lb.Resized.H-tensor.H) / 2))
	return lb
}

// ToPicture maps a point of the tensor to the picture.
func (lb Letterbox) ToPicture(x, y float32) (float32, float32) {
	gx, gy := lb.gains()
	return float32((float64(x) - float64(lb.Left)) / gx), float32((float64(y) - float64(lb.Top)) / gy)
}

// ToTensor maps a point of the picture to the tensor.
func (lb Letterbox) ToTensor(x, y float32) (float32, float32) {
	gx, gy := lb.gains()
	return float32(float64(x)*gx + float64(lb.Left)), float32(float64(y)*gy + float64(lb.Top))
}

// gains are the ratios of the picture's sides in the tensor to those of the picture.
// Whole pixels make the two differ a little; Ultralytics goes back by each of its own
// (scale_boxes), the Python reference by the one that it went by.
func (lb Letterbox) gains() (x, y float64) {
	if lb.stretched || lb.placement == Center {
		return float64(lb.Resized.W) / float64(lb.Picture.W), float64(lb.Resized.H) / float64(lb.Picture.H)
	}
	return lb.Gain, lb.Gain
}

// scale multiplies a side by the gain, to a whole number from 1 to most.
func scale(side int, gain float64, most int) int {
	return min(max(int(math.RoundToEven(float64(side)*gain)), 1), most)
}

func roundUp(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }

// anchors is how many predictions a head with strides 8, 16 and 32 makes.
func anchors(tensor Size) int {
	n := 0
	for _, stride := range []int{8, 16, 32} {
		n += (tensor.H / stride) * (tensor.W / stride)
	}
	return n
}
