// Package png decodes PNG files to grey or opaque RGB of 8 bits.
//
// It is not image/png, which takes twice as long (BenchmarkBesideGo) and, for 16 bits, twice
// the memory, since it keeps the alpha and the low bytes that are dropped here. It reads
// what that reads, to the same colours; a fuzz target holds it. References are to the PNG
// specification (W3C, third edition).
//
// The way of the data:
//
//	chunks      their order and checksums are held
//	row         inflated, and its filter undone
//	pixels      grey, or RGB with an alpha of 255; of a pass, spread over the picture
package png
