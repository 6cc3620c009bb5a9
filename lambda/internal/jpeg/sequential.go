package jpeg

// sequential decodes a whole block of component i of the scan. T.81, F.2.2.
func (s *scanDecoder) sequential(b *block, last *uint8, i int) {
	data, pos, acc, n := s.data, s.pos, s.acc, s.n

	if n < 32 { // a code of 17 bits and a value of 15
		pos, acc, n = refill(data, pos, acc, n)
	}
	entry := s.dc[i].lookup[acc>>(64-lookupBits)]
	length, diff := int(entry&0xff), int32(entry)>>16
	if diff == 0 {
		symbol := byte(entry >> 8)
		if entry == 0 {
			symbol, length = s.dc[i].long(acc)
		}
		if size := int(symbol & 15); size > 0 {
			diff = extend(acc<<uint(length&63), size)
			length += size
		}
	}
	acc, n = acc<<uint(length&63), n-length
	s.dcPred[i] += diff
	b[0] = int16(s.dcPred[i])

	ac := s.ac[i]
	end := 0
	for k := 1; k < 64; k++ {
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
			k += run
			if size == 0 {
				acc, n = acc<<uint(length&63), n-length
				if run == 15 {
					continue
				}
				break
			}
			value = extend(acc<<uint(length&63), size)
			length += size
		}
		acc, n = acc<<uint(length&63), n-length
		b[natural[k&127]] = int16(value)
		end = k
	}
	*last = max(*last, uint8(min(end, 63)))
	s.pos, s.acc, s.n = pos, acc, n
}
