// Package bmp decodes Windows and OS/2 bitmaps to the pixels that Pillow shows: 1, 4, 8,
// 16, 24 and 32 bits a pixel, palettes, bit masks of any kind, RLE4 and RLE8, rows from
// either end. Alpha is dropped.
//
// It is not golang.org/x/image/bmp, which reads some half of these kinds.
package bmp
