package vp8l

import (
	"context"
	"errors"
	"io"
)

// Symbols of the first code of a group: literals of green, lengths of copies, and then recent colours.
const (
	literals  = 256
	lengths   = 24
	distances = 40
)

// group has the codes of a block of pixels (3.7.2): of green, lengths and recent colours; of red, blue and alpha; of
// distances.
type group struct {
	green, red, blue, alpha, distance *prefixCode
}

// groups are those of a picture.
type groups struct {
	all   []group
	which []byte // by block, as pixels; nil if there is one group
	bits  int    // of a block's side
}

// mostGroups is how many groups there may be. libwebp writes no more; with all that the format allows, a file
// of 12 MB asks for 3 GB.
const mostGroups = 2600

var errGroups = errors.New("too many groups of prefix codes")

// readGroups reads the groups of a picture, of which those inside of others have one.
func readGroups(ctx context.Context, r *bitReader, width, height int, outer bool, cached int) (*groups, error) {
	g := &groups{}
	n := 1
	used := []bool{true}
	if outer && r.flag() {
		g.bits = 2 + r.bits(3)
		var err error
		if g.which, err = readPixels(ctx, r, blocks(width, g.bits), blocks(height, g.bits), false); err != nil {
			return nil, err
		}
		for i := 0; i < len(g.which); i += 4 {
			n = max(n, g.index(i)+1)
		}
		if n > mostGroups {
			return nil, errGroups
		}
		used = make([]bool, n)
		for i := 0; i < len(g.which); i += 4 {
			used[g.index(i)] = true
		}
	}
	g.all = make([]group, n)
	for i := range g.all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var codes [5]*prefixCode
		for j, symbols := range [...]int{literals + lengths + cached, literals, literals, literals, distances} {
			var err error
			if codes[j], err = readPrefixCode(r, symbols); err != nil {
				return nil, err
			}
		}
		if r.count < 0 {
			return nil, io.ErrUnexpectedEOF
		}
		if used[i] {
			g.all[i] = group{codes[0], codes[1], codes[2], codes[3], codes[4]}
		}
	}
	return g, nil
}

// index is the group of a block, whose pixel's red and green it is.
func (g *groups) index(i int) int { return int(g.which[i])<<8 | int(g.which[i+1]) }

// blocks is how many blocks with a side of 1<<bits it takes for a length.
func blocks(length, bits int) int { return (length + 1<<bits - 1) >> bits }
