// Package inflate reads zlib streams (RFC 1950 and 1951) that are in memory, which is how
// PNG and TIFF hold their pixels.
//
// It is not compress/zlib, which takes more than twice as long for a photograph's pixels
// (BenchmarkBesideGo): here 64 bits are fetched at once, and one look into a table gives up
// to two literals. What is read and what is refused is the same; a fuzz target holds it.
package inflate
