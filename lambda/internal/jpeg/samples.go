package jpeg

// spare is memory for the samples of a picture. Fresh memory has to be zeroed and
// mapped page by page: a tenth of the decoding of a large picture.
var spare = make(chan []uint8, 1)

// Reuse gives memory to the next Decode, which overwrites it up to its capacity.
func Reuse(m []uint8) {
	if cap(m) > mostSpare {
		return
	}
	select {
	case other := <-spare:
		if cap(other) > cap(m) {
			m = other
		}
	default:
	}
	select {
	case spare <- m:
	default:
	}
}

// mostSpare is how many bytes are kept: 20 megapixels at 4:2:0.
const mostSpare = 30 << 20

// memory is n bytes of any value.
func memory(n int) []uint8 {
	select {
	case m := <-spare:
		if cap(m) >= n {
			return m[:n]
		}
	default:
	}
	return make([]uint8, n)
}
