// Package vp8l decodes lossless WebP's bitstream, VP8L, to opaque pixels. It follows RFC 9649; sections are quoted by its
// numbers.
//
// The way of the data:
//
//	bytes       [Parse] reads the size
//	transforms  what was done to the pixels before they were coded; most have a small picture of their own
//	groups      five prefix codes each, of which every block of pixels has one group
//	pixels      literals, copies of pixels before, and recent colours
//	image.RGBA  the transforms undone, in the memory of the pixels
//
// It is not golang.org/x/image/vp8l, which gives the same pixels, because it takes half of its time.
package vp8l
