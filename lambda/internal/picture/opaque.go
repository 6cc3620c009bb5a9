package picture

import (
	"image"
	"image/color"
	"image/draw"
)

// opaque reduces the types that decoders return to the three that a [Picture]
// may hold. It drops alpha and may take over the memory of img.
func opaque(img image.Image) image.Image {
	switch m := img.(type) {
	case *image.YCbCr, *image.Gray:
		return m
	case *image.RGBA:
		return rgba(m.Pix, m.Stride, m.Rect)
	case *image.NRGBA:
		return rgba(m.Pix, m.Stride, m.Rect)
	case *image.RGBA64:
		return rgba(highBytes(m.Pix), m.Stride/2, m.Rect)
	case *image.NRGBA64:
		return rgba(highBytes(m.Pix), m.Stride/2, m.Rect)
	case *image.Gray16:
		return &image.Gray{Pix: highBytes(m.Pix), Stride: m.Stride / 2, Rect: m.Rect}
	case *image.Paletted:
		return paletted(m)
	}
	return toRGBA(img) // CMYK
}

// rgba takes straight or premultiplied pixels as they are and makes them opaque.
func rgba(pix []byte, stride int, rect image.Rectangle) *image.RGBA {
	for i := 3; i < len(pix); i += 4 {
		pix[i] = 255
	}
	return &image.RGBA{Pix: pix, Stride: stride, Rect: rect}
}

// highBytes keeps the first of every two bytes, in place: Go's 16-bit images are
// big-endian.
func highBytes(pix []byte) []byte {
	n := len(pix) / 2
	for i := range n {
		pix[i] = pix[2*i]
	}
	return pix[:n]
}

func paletted(m *image.Paletted) *image.RGBA {
	var table [256][4]byte
	for i, c := range m.Palette {
		switch c := c.(type) {
		case color.NRGBA: // a PNG's, with the colour under its alpha
			table[i] = [4]byte{c.R, c.G, c.B, 255}
		default:
			r, g, b, _ := c.RGBA()
			table[i] = [4]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8), 255}
		}
	}
	dst := image.NewRGBA(m.Rect)
	for y := range m.Rect.Dy() {
		row := dst.Pix[y*dst.Stride:]
		for x, index := range m.Pix[y*m.Stride : y*m.Stride+m.Rect.Dx()] {
			copy(row[4*x:4*x+4], table[index][:])
		}
	}
	return dst
}

// onCanvas places the frame of an animation on its canvas, which is black, as
// transparent pixels without their alpha are. A frame that fills it stays as it is.
func onCanvas(width, height int, frame image.Image, at image.Point) image.Image {
	if at == (image.Point{}) && frame.Bounds().Dx() == width && frame.Bounds().Dy() == height {
		return frame
	}
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(canvas, frame.Bounds().Sub(frame.Bounds().Min).Add(at), opaque(frame), frame.Bounds().Min, draw.Src)
	return canvas // opaque sets the alpha of the rest
}
