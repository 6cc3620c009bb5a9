// Package tiff decodes the first page of a TIFF file to the pixels that Pillow shows.
//
// It reads classic and Big TIFF; strips and tiles, interleaved and in planes; grey,
// palettes, RGB, CMYK and YCbCr of 1 to 16 bits, with further bands of any meaning; grey
// of 32-bit numbers; uncompressed, PackBits, LZW, Deflate, JPEG, and the codes of fax
// machines (ITU-T T.4 and T.6). The rest is refused by name.
//
// The way of the data:
//
//	bytes       [Parse] reads the directory, and where the blocks (strips or tiles) are
//	block       a codec gives the rows of one, as bytes
//	row         the predictor is undone, and each sample becomes a byte
//	pixels      the colours become grey or RGB
//
// RGB and grey of 8 and 16 bits, which most files hold, go from bytes to pixels at once.
//
// It is not golang.org/x/image/tiff, which reads fewer than two thirds of the kinds that
// Pillow reads, and takes the memory that a file claims. References are to TIFF 6.0
// (Adobe, 1992) and its Technical Note 2 on JPEG.
package tiff
