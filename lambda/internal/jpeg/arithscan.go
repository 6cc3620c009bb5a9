package jpeg

// The kinds of scan of pictures in arithmetic codes, of component i of the scan. T.81,
// F.2.4 and G.2; bins of statistics have the numbers of its tables F.4 and F.5.

// arithSequential decodes a whole block.
func (s *scanDecoder) arithSequential(b *block, last *uint8, i int) {
	if s.dry || !s.arithDC(i) {
		return
	}
	b[0] = int16(s.dcPred[i])
	s.arithAC(b, last, i, 1, 63, 0)
}

func (s *scanDecoder) arithFirstDC(b *block, _ *uint8, i int) {
	if s.dry || !s.arithDC(i) {
		return
	}
	b[0] = int16(s.dcPred[i] << s.header.low)
}

func (s *scanDecoder) arithRefineDC(b *block, _ *uint8, _ int) {
	if s.even() != 0 {
		b[0] |= 1 << s.header.low
	}
}

func (s *scanDecoder) arithFirstAC(b *block, last *uint8, i int) {
	s.arithAC(b, last, i, s.header.start, s.header.end, s.header.low)
}

// arithDC reads a DC difference and adds it to the prediction. It reports whether it is
// one; otherwise the rest of the interval is lost, as in libjpeg.
func (s *scanDecoder) arithDC(i int) bool {
	table := s.header.tables[i].dc
	bins, limits := &s.arith.dc[table], s.header.conditions[table]
	context := &s.arith.dcContext[i]
	at := *context
	if s.decision(&bins[at]) == 0 {
		*context = 0
		return true
	}
	sign := s.decision(&bins[at+1])
	at += 2 + sign
	magnitude := s.decision(&bins[at])
	if magnitude != 0 {
		var ok bool
		if at, magnitude, ok = s.category(bins[:], 20, magnitude); !ok {
			return false
		}
	}
	switch {
	case magnitude < 1<<limits.low>>1:
		*context = 0
	case magnitude > 1<<limits.high>>1:
		*context = 12 + 4*sign
	default:
		*context = 4 + 4*sign
	}
	s.dcPred[i] += int32(s.magnitude(bins[:], at, magnitude, sign))
	return true
}

// arithAC reads the coefficients start…end of a block, shifted by low bits.
func (s *scanDecoder) arithAC(b *block, last *uint8, i, start, end int, low uint) {
	table := s.header.tables[i].ac
	bins, limits := s.arith.ac[table][:], s.header.conditions[table]
	for k := start; k <= end; k++ {
		at := 3 * (k - 1)
		if s.decision(&bins[at]) != 0 { // the end of the block
			return
		}
		for s.decision(&bins[at+1]) == 0 {
			at, k = at+3, k+1
			if k > end {
				s.dry = true
				return
			}
		}
		sign := s.even()
		at += 2
		magnitude := s.decision(&bins[at])
		if magnitude != 0 && s.decision(&bins[at]) != 0 {
			first := 217
			if k <= limits.k {
				first = 189
			}
			var ok bool
			if at, magnitude, ok = s.category(bins, first, 2*magnitude); !ok {
				return
			}
		}
		b[natural[k]] = int16(s.magnitude(bins, at, magnitude, sign) << low)
		*last = max(*last, uint8(k))
	}
}

// category goes from the bin first on to the one that says how many bits a magnitude has.
func (s *scanDecoder) category(bins []uint8, first, magnitude int) (at, most int, ok bool) {
	for at = first; s.decision(&bins[at]) != 0; at++ {
		if magnitude <<= 1; magnitude == 0x8000 {
			s.dry = true
			return at, magnitude, false
		}
	}
	return at, magnitude, true
}

// magnitude reads the bits below the highest one, and gives the value.
func (s *scanDecoder) magnitude(bins []uint8, at, highest, sign int) int {
	v := highest
	for bit := highest >> 1; bit > 0; bit >>= 1 {
		if s.decision(&bins[at+14]) != 0 {
			v |= bit
		}
	}
	if sign != 0 {
		return -(v + 1)
	}
	return v + 1
}

// arithRefineAC refines a band by one bit.
func (s *scanDecoder) arithRefineAC(b *block, last *uint8, i int) {
	bins := s.arith.ac[s.header.tables[i].ac][:]
	bit := int16(1) << s.header.low
	known := min(int(*last), s.header.end) // the end of the band before, or zeros
	for known > 0 && b[natural[known]] == 0 {
		known--
	}
	for k := s.header.start; k <= s.header.end; k++ {
		at := 3 * (k - 1)
		if k > known && s.decision(&bins[at]) != 0 {
			return
		}
		for ; ; at, k = at+3, k+1 {
			if k > s.header.end {
				s.dry = true
				return
			}
			c := &b[natural[k]]
			if *c != 0 {
				if s.decision(&bins[at+2]) != 0 {
					if *c < 0 {
						*c -= bit
					} else {
						*c += bit
					}
				}
				break
			}
			if s.decision(&bins[at+1]) != 0 {
				if *c = bit; s.even() != 0 {
					*c = -bit
				}
				*last = max(*last, uint8(k))
				break
			}
		}
	}
}
