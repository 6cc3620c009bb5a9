// Package lzw decodes LZW as TIFF and GIF have it, from memory.
//
// It is not golang.org/x/image/tiff/lzw nor compress/lzw, which take twice as long
// (BenchmarkBesideGo), since they go through strings byte by byte. What it reads and refuses is
// the same, but where no code clears TIFF's table for 60,000 codes, after which the other's
// wraps; a fuzz target holds it.
package lzw
