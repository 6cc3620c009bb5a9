package api

import (
	"errors"
	"math"
)

var errRuns = errors.New("the run lengths of a mask are broken")

// Runs are the lengths of the runs of zeros and ones, by turns from the zeros on, down the
// columns of the picture (rleFrString of the COCO API). Each is written in groups of five
// bits, the lowest first, with a sixth for "more follows", as characters from '0' on;
// from the fourth on it is the difference to the one two before. Together they are no
// longer than the picture.
func (r *RLE) Runs() ([]int, error) {
	h, w := r.Size[0], r.Size[1]
	if h < 0 || w < 0 || h > 0 && w > math.MaxInt/h {
		return nil, errRuns
	}
	left := h * w
	var runs []int
	for text := r.Counts; text != ""; {
		n, rest, ok := readRun(text)
		if i := len(runs); i > 2 {
			n += runs[i-2]
		}
		if !ok || n < 0 || n > left {
			return nil, errRuns
		}
		runs, text, left = append(runs, n), rest, left-n
	}
	return runs, nil
}

// readRun reads one signed number and returns the text behind it.
func readRun(text string) (n int, rest string, ok bool) {
	for shift := 0; shift < 60 && text != ""; shift += 5 {
		group := int(text[0]) - '0'
		text = text[1:]
		if group < 0 || group > 0x3f {
			return 0, "", false
		}
		n |= group & 0x1f << shift
		if group&0x20 == 0 {
			if group&0x10 != 0 {
				n |= -1 << (shift + 5)
			}
			return n, text, true
		}
	}
	return 0, "", false
}

// Area is the number of pixels of the mask.
func (r *RLE) Area() (int, error) {
	runs, err := r.Runs()
	area := 0
	for i := 1; i < len(runs); i += 2 {
		area += runs[i]
	}
	return area, err
}
