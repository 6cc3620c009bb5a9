package jpeg

// The four kinds of scan of a progressive picture, T.81, G.1.2: the DC
// coefficients or a band of AC coefficients, for the first time but for their
// lowest bits, or refined by one bit. They are of component i of the scan.

func (s *scanDecoder) firstDC(b *block, _ *uint8, i int) {
	s.dcPred[i] += s.value(s.dc[i])
	b[0] = int16(s.dcPred[i] << s.header.low)
}

func (s *scanDecoder) refineDC(b *block, _ *uint8, _ int) {
	if s.n < 1 {
		s.pos, s.acc, s.n = refill(s.data, s.pos, s.acc, s.n)
	}
	b[0] |= int16(s.acc>>63) << s.header.low
	s.acc, s.n = s.acc<<1, s.n-1
}

// value reads a code and the value after it.
func (s *scanDecoder) value(h *huffman) int32 {
	if s.n < 32 {
		s.pos, s.acc, s.n = refill(s.data, s.pos, s.acc, s.n)
	}
	entry := h.lookup[s.acc>>(64-lookupBits)]
	length, value := int(entry&0xff), int32(entry)>>16
	if value == 0 {
		symbol := byte(entry >> 8)
		if entry == 0 {
			symbol, length = h.long(s.acc)
		}
		if size := int(symbol & 15); size > 0 {
			value = extend(s.acc<<uint(length&63), size)
			length += size
		}
	}
	s.acc, s.n = s.acc<<uint(length&63), s.n-length
	return value
}

func (s *scanDecoder) firstAC(b *block, last *uint8, i int) {
	if s.eobRun > 0 {
		s.eobRun--
		return
	}
	data, pos, acc, n := s.data, s.pos, s.acc, s.n
	ac, low := s.ac[i], s.header.low&15
	end := 0
	for k := s.header.start; k <= s.header.end; k++ {
		if n < 32 {
			pos, acc, n = refill(data, pos, acc, n)
		}
		entry := ac.lookup[acc>>(64-lookupBits)]
		length, value := int(entry&0xff), int32(entry)>>16
		if value != 0 {
			k += int(entry>>12) & 15
		} else {
			symbol := byte(entry >> 8)
			if entry == 0 {
				symbol, length = ac.long(acc)
			}
			run, size := int(symbol>>4), int(symbol&15)
			if size == 0 {
				acc, n = acc<<uint(length&63), n-length
				if run == 15 {
					k += 15
					continue
				}
				s.eobRun = 1<<uint(run) - 1 + int(acc>>1>>uint(63-run))
				acc, n = acc<<uint(run), n-run
				break
			}
			k += run
			value = extend(acc<<uint(length&63), size)
			length += size
		}
		acc, n = acc<<uint(length&63), n-length
		b[natural[k&127]] = int16(value << low)
		end = k
	}
	*last = max(*last, uint8(min(end, 63)))
	s.pos, s.acc, s.n = pos, acc, n
}

func (s *scanDecoder) refineAC(b *block, last *uint8, i int) {
	k := s.header.start
	if s.eobRun == 0 {
		k = s.refineBand(b, last, s.ac[i])
	}
	if s.eobRun > 0 {
		s.refineNonzero(b, k, min(s.header.end, int(*last)))
		s.eobRun--
	}
}

// refineBand goes through a band up to where its block, and maybe further
// ones, have no new coefficients any more, and returns that place. A code tells
// how many zeros to pass before the next new coefficient; on the way, each
// coefficient that is known already has a bit of correction.
func (s *scanDecoder) refineBand(b *block, last *uint8, ac *huffman) int {
	data, pos, acc, n := s.data, s.pos, s.acc, s.n
	known := int(*last) // there are only zeros behind it
	low := s.header.low & 15
	bit := int16(1) << low
	k := s.header.start
	for ; k <= s.header.end; k++ {
		if n < 48 { // a code of 17 bits, its sign or a length of 14
			pos, acc, n = refill(data, pos, acc, n)
		}
		entry := ac.lookup[acc>>(64-lookupBits)]
		symbol, length := byte(entry>>8), int(entry&0xff)
		if int32(entry)>>16 != 0 {
			length -= int(symbol & 15) // of the value, which has another meaning here
		}
		if entry == 0 {
			symbol, length = ac.long(acc)
		}
		acc, n = acc<<uint(length&63), n-length
		zeros, fresh := int(symbol>>4), int16(0)
		if symbol&15 != 0 {
			fresh = -bit
			if int64(acc) < 0 {
				fresh = bit
			}
			acc, n = acc<<1, n-1
		} else if zeros < 15 {
			s.eobRun = 1<<uint(zeros) + int(acc>>1>>uint(63-zeros))
			acc, n = acc<<uint(zeros), n-zeros
			break
		}
		for ; k <= min(s.header.end, known); k++ {
			c := &b[natural[k&127]]
			if *c == 0 {
				if zeros == 0 {
					break
				}
				zeros--
				continue
			}
			if n < 1 {
				pos, acc, n = refill(data, pos, acc, n)
			}
			*c = refined(*c, low, acc)
			acc, n = acc<<1, n-1
		}
		if k > known {
			k = min(k+zeros, s.header.end+1)
		}
		if fresh != 0 { // damaged data may go beyond the band, as in libjpeg
			b[natural[k&127]] = fresh
			*last = max(*last, uint8(min(k, 63)))
		}
	}
	s.pos, s.acc, s.n = pos, acc, n
	return k
}

// refineNonzero reads a bit of correction for each coefficient from…to that is
// not zero.
func (s *scanDecoder) refineNonzero(b *block, from, to int) {
	data, pos, acc, n := s.data, s.pos, s.acc, s.n
	low := s.header.low & 15
	for k := from; k <= to; k++ {
		if n < 1 {
			pos, acc, n = refill(data, pos, acc, n)
		}
		c := &b[natural[k&127]]
		nonzero := uint16(*c|-*c) >> 15 // 1 or 0, without a branch: nobody can foretell it
		*c = refined(*c, low, acc&-uint64(nonzero))
		acc, n = acc<<nonzero, n-int(nonzero)
	}
	s.pos, s.acc, s.n = pos, acc, n
}

// refined sets bit low of the magnitude of c if the first bit of acc is set. It has no branch, since
// half of all bits are.
func refined(c int16, low uint, acc uint64) int16 {
	sign := c >> 15
	take := int16(int64(acc)>>63) &^ -(c >> low & 1) // damaged data may have it set already
	return c + (1<<low^sign-sign)&take
}
