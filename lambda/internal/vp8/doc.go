// Package vp8 decodes key frames of VP8, which lossy WebP files hold, to the samples that libwebp decodes them to, to
// the last bit. It follows RFC 6386; sections are quoted by its numbers.
//
// The way of the data:
//
//	bytes        [Parse] reads the frame's headers: its size, segments, quantizers, probabilities
//	[Frame]      the headers, a partition of modes, and one to eight of coefficients
//	partition    a boolDecoder reads it, one arithmetic-coded decision after the other
//	row          a row of macroblocks as it was coded: modes, and coefficients times their quantizers
//	planes       each block's prediction from its neighbours, and what its coefficients add to it
//	             then the loop filter over each row, once the row below needs it no more for its prediction
//	image.RGBA   chroma at full size, and colours, of rows that will not change any more
//
// Reading goes on while rows are reconstructed, filtered and converted behind it. What goes over all samples has a
// twin in vector instructions.
//
// It is not golang.org/x/image/vp8, which gives the same samples, because it takes less than half of its time. Frames that
// follow a key frame, which WebP has none of, are not read.
package vp8
