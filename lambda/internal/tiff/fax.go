package tiff

import (
	"errors"
	"io"
	"strings"
	"sync"
)

// fax reads the codes of fax machines, row by row: T.4 (Group 3 and TIFF's plain run
// lengths) and T.6 (Group 4). A set bit is black.
type fax struct {
	bits        faxBits
	width       int
	compression int
	twoD        bool // Group 3 with rows that refer to the one before
	before      []int
	changes     []int // pixels of a row where its colour changes, from white on
	row         []byte
	rest        []byte // of row, not yet read
}

func newFax(data []byte, width, compression, t4Options int) *fax {
	return &fax{
		bits: faxBits{data: data}, width: width, compression: compression,
		twoD: t4Options&1 != 0, row: make([]byte, (width+7)/8),
	}
}

func (f *fax) Read(p []byte) (n int, err error) {
	if len(f.rest) == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
		f.rest = f.row
	}
	n = copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// next decodes a row.
func (f *fax) next() error {
	f.before, f.changes = f.changes, f.before[:0]
	refers := f.compression == faxGroup4
	switch f.compression {
	case faxRuns:
		f.bits.align(8)
	case faxRunsOfWord:
		f.bits.align(16)
	case faxGroup3:
		if f.bits.endOfLine() && f.twoD {
			refers = f.bits.take(1) == 0
		}
	}
	var err error
	if refers {
		err = f.readReferring()
	} else {
		err = f.readRuns()
	}
	if err == nil && f.bits.past() {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		f.paint()
	}
	return err
}

// paint sets the bits of the row's black runs.
func (f *fax) paint() {
	clear(f.row)
	for i := 0; i < len(f.changes); i += 2 {
		end := f.width
		if i+1 < len(f.changes) {
			end = f.changes[i+1]
		}
		for x := f.changes[i]; x < end; x++ {
			f.row[x>>3] |= 0x80 >> (x & 7)
		}
	}
}

// readRuns reads a row of runs, white and black by turns.
func (f *fax) readRuns() error {
	for x, black := 0, false; x < f.width; black = !black {
		n, err := f.bits.run(black)
		if err != nil {
			return err
		}
		if x += n; x > f.width {
			return errors.New("a run of a fax goes beyond its row")
		}
		f.changes = append(f.changes, x)
	}
	return nil
}

// readReferring reads a row that is told by the one before. T.6, 2.2; a0, b1 and b2 have
// the names of its figure 1.
func (f *fax) readReferring() error {
	black := false
	for a0, b := -1, 0; a0 < f.width; {
		// b1 is the first change on the row before that is right of a0 and away from
		// the colour of a0; those with an even number lead to black.
		for b > 0 && f.change(b-1) > a0 {
			b--
		}
		for f.change(b) <= a0 && f.change(b) < f.width || (b&1 == 1) != black {
			b++
		}
		mode := f.bits.mode()
		switch {
		case mode == modePass:
			a0 = f.change(b + 1)
		case mode == modeRuns:
			for _, colour := range [2]bool{black, !black} {
				n, err := f.bits.run(colour)
				if err != nil {
					return err
				}
				if a0 = max(a0, 0) + n; a0 > f.width {
					return errors.New("a run of a fax goes beyond its row")
				}
				f.changes = append(f.changes, a0)
			}
		case mode == modeEnd:
			return io.ErrUnexpectedEOF
		case mode == modeUnknown:
			return errors.New("a fax has a code of no meaning")
		default:
			a1 := f.change(b) + mode
			if a1 < max(a0, 0) || a1 > f.width {
				return errors.New("a fax changes its colour outside of the row")
			}
			f.changes = append(f.changes, a1)
			a0, black = a1, !black
		}
	}
	return nil
}

// change is the place of change number i on the row before.
func (f *fax) change(i int) int {
	if i < len(f.before) {
		return f.before[i]
	}
	return f.width
}

// faxBits reads bits, most significant first. Behind the end there are zeros.
type faxBits struct {
	data []byte
	at   int // bit
}

// peek is the next n bits, 24 at most.
func (b *faxBits) peek(n int) uint32 {
	var v uint32
	for i := range 4 {
		if at := b.at>>3 + i; at < len(b.data) {
			v |= uint32(b.data[at]) << (24 - 8*i)
		}
	}
	return v << (b.at & 7) >> (32 - n)
}

func (b *faxBits) take(n int) uint32 {
	v := b.peek(n)
	b.at += n
	return v
}

// past reports whether more was taken than there is.
func (b *faxBits) past() bool { return b.at > 8*len(b.data) }

// align goes to the next multiple of n bits.
func (b *faxBits) align(n int) { b.at = (b.at + n - 1) / n * n }

// endOfLine goes over the code that ends lines, with the zeros that fill it up, and
// reports whether there was one.
func (b *faxBits) endOfLine() bool {
	if b.peek(11) != 0 {
		return false
	}
	for !b.past() && b.take(1) == 0 {
	}
	return true
}

// Modes of a row that refers to the one before. T.6, table 4; those of a change near b1
// are its distance, -3 to 3.
const (
	modePass = iota + 4
	modeRuns
	modeEnd
	modeUnknown
)

func (b *faxBits) mode() int {
	v := b.peek(7)
	for _, m := range [...]struct {
		bits  int
		code  uint32
		value int
	}{
		{1, 0b1, 0}, {3, 0b011, 1}, {3, 0b010, -1}, {3, 0b001, modeRuns}, {4, 0b0001, modePass},
		{6, 0b000011, 2}, {6, 0b000010, -2}, {7, 0b0000011, 3}, {7, 0b0000010, -3}, {7, 0, modeEnd},
	} {
		if v>>(7-m.bits) == m.code {
			b.at += m.bits
			return m.value
		}
	}
	return modeUnknown
}

// faxCode is a run length by the bits that start with its code; none has 0 bits.
type faxCode struct {
	run  int16
	bits uint8
}

const mostFaxBits = 13

// runCodes are the codes of white and black runs by the next 13 bits.
var runCodes = sync.OnceValue(func() *[2][1 << mostFaxBits]faxCode {
	codes := new([2][1 << mostFaxBits]faxCode)
	for colour, text := range [2]string{whiteRuns, blackRuns} {
		for i, word := range strings.Fields(text) {
			run := i
			if i >= 64 {
				run = (i - 63) * 64
			}
			first := 0
			for _, bit := range word {
				first = first<<1 | int(bit-'0')
			}
			free := mostFaxBits - len(word)
			for k := range 1 << free {
				codes[colour][first<<free+k] = faxCode{int16(run), uint8(len(word))}
			}
		}
	}
	return codes
})

// run reads a run of a colour: codes of multiples of 64, and one of less.
func (b *faxBits) run(black bool) (n int, err error) {
	colour := 0
	if black {
		colour = 1
	}
	table := &runCodes()[colour]
	for {
		code := table[b.peek(mostFaxBits)]
		if code.bits == 0 {
			if b.past() || b.peek(11) == 0 {
				return 0, io.ErrUnexpectedEOF
			}
			return 0, errors.New("a fax has a code of no meaning")
		}
		b.at += int(code.bits)
		if n += int(code.run); code.run < 64 {
			return n, nil
		}
	}
}
