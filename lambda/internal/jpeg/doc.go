// Package jpeg decodes JPEG pictures to the samples that libjpeg-turbo decodes them to, to
// the last bit: baseline, extended sequential and progressive, in Huffman's or arithmetic
// codes, 8 bits a sample, of 1 to 4 components in any whole ratio of sampling. It follows
// ITU-T T.81; paragraphs and tables are quoted by its numbers.
//
// The way of the data:
//
//	bytes        [Parse] walks through the marker segments
//	[File]       the frame, its components, and each scan's header, tables and data
//	scan         a scanDecoder reads codes: coefficients, row of MCUs by row
//	strip        the coefficients of a row of MCUs, which scans fill one after the other
//	[Samples]    the inverse DCT of each strip: a plane a component, as it is stored
//
// What comes next, chroma at full size and RGB, is the package chroma's.
//
// All CPUs work at the same time: each takes the next row of MCUs through all scans and the
// inverse DCT, a scan behind the row above (rows.go). The only scan of a large baseline
// picture is divided instead, and each part decoded and transformed by the next free CPU
// (plan.go). The inverse DCT has a twin in vector instructions.
//
// It is not image/jpeg: a network sees differences of a step of 255, models are trained
// on what libjpeg decodes (by Pillow or OpenCV), and the standard library differs from it
// in the inverse DCT and repeats chroma samples; on two CPUs it takes three to four
// times as long, and it reads fewer kinds of files.
//
// Damaged and incomplete files come out as in libjpeg-turbo too: restart markers are
// looked for as it looks for them, zeros follow data that end early, missing details of
// progressive pictures are estimated, and extreme coefficients overflow as they do in its
// vector instructions for x86. A file that ends within its data is refused. The package
// picture's difftest compares with libjpeg; what still differs are fill bytes before a
// stuffed 0xff, which T.81 forbids, and of which libjpeg-turbo's two decoders make two
// things.
package jpeg
