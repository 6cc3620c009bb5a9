// Command difftest answers differ.py, which compares this project's reading of pictures
// with Pillow's: for each file named in a line of stdin it writes a line of JSON to
// stdout and, where the picture was read, its pixels R, G, B.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"os"

	"github.com/yolambda/yolambda/lambda/internal/chroma"
	"github.com/yolambda/yolambda/lambda/internal/picture"
)

// answer says what became of a file. Error is empty where width*height*3 bytes follow.
type answer struct {
	Width, Height int
	Kind          picture.Kind
	Error         string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "difftest:", err)
		os.Exit(1)
	}
}

func run() error {
	out := bufio.NewWriter(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		data, err := os.ReadFile(lines.Text())
		if err != nil {
			return err
		}
		p, err := picture.Decode(context.Background(), data)
		var a answer
		var pixels []byte
		if err == nil {
			pixels = rgb(p.Image)
			a.Width, a.Height = p.Image.Bounds().Dx(), p.Image.Bounds().Dy()
			p.Release()
		} else if refusal, ok := errors.AsType[*picture.Error](err); ok {
			a.Kind, a.Error = refusal.Kind, refusal.Message
		} else {
			return err
		}
		if err := json.NewEncoder(out).Encode(a); err != nil {
			return err
		}
		if _, err := out.Write(pixels); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// rgb is a picture's pixels, as the network sees them.
func rgb(img image.Image) []byte {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	row, out := image.NewRGBA(image.Rect(0, 0, w, 1)), make([]byte, 0, 3*w*h)
	var r chroma.Reader
	ycbcr, planes := img.(*image.YCbCr)
	if planes {
		r.Open(ycbcr)
	}
	for y := range h {
		if planes {
			luma, cb, cr := r.Row(y)
			chroma.RGB(row.Pix, luma, cb, cr)
		} else {
			draw.Draw(row, row.Rect, img, image.Pt(0, y), draw.Src)
		}
		for x := range w {
			out = append(out, row.Pix[4*x:4*x+3]...)
		}
	}
	return out
}
