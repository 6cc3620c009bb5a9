package jpeg

// pairs looks up two coefficients at once, or one and the end of its block. Half of a
// photograph's are found so: their codes and values together are shorter than lookupBits. An
// entry holds, for the next lookupBits bits,
//
//	bits 0-7    the length of all that is here
//	bits 8-15   how many places on the first coefficient is
//	bits 16-23  and the second; if there is none, it is the first again
//	bits 24-31  how many places on it goes on behind them, or ended
//	bits 32-47  the first one's value as int16
//	bits 48-63  and the second one's
//
// or 0, if the first is no coefficient or not complete.
type pairs [1 << lookupBits]uint64

const (
	// ended leads behind the end of a block from each of its places.
	ended = 64
	// lastPair is the last place from which a pair may be read: from a later one, the first
	// coefficient may be the block's last, and what follows the next block's.
	lastPair = 63 - 16
)

// build makes the pairs of what the table has.
func (p *pairs) build(h *huffman) {
	for i, first := range h.lookup {
		value := uint64(first >> 16)
		if value == 0 {
			p[i] = 0
			continue
		}
		length, at := uint64(first&0xff), uint64(first>>12&15)
		last, lastValue, next := at, value, at+1
		second := h.lookup[i<<length&(1<<lookupBits-1)] // zeros take the place of bits that are not known
		if more := uint64(second & 0xff); second != 0 && length+more <= lookupBits {
			switch run, size := uint64(second>>12&15), second>>8&15; {
			case second>>16 != 0:
				last, lastValue, next, length = next+run, uint64(second>>16), next+run+1, length+more
			case size == 0 && run < 15:
				next, length = ended, length+more
			}
		}
		p[i] = length | at<<8 | last<<16 | next<<24 | value<<32 | lastValue<<48
	}
}
