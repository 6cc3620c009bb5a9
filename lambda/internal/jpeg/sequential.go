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
	pos, acc, n = refill(data, pos, acc, n)

	ac, twos := s.ac[i], s.twos[i]
	end := 0
	for k := 1; k < 64; {
		two := twos[acc>>(64-lookupBits)]
		// In each turn, as nobody can foretell when bits run out, and behind the look-up, which
		// has enough and need not wait.
		pos, acc, n = refill(data, pos, acc, n)
		if two != 0 && k <= lastPair {
			length := int(two & 0xff)
			acc, n = acc<<uint(length&63), n-length
			b[natural[(k+int(two>>8&0xff))&127]&63] = int16(two >> 32)
			end = k + int(two>>16&0xff)
			b[natural[end&127]&63] = int16(two >> 48)
			k += int(two >> 24 & 0xff)
			continue
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
					k++
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
		k++
	}
	*last = max(*last, uint8(min(end, 63)))
	s.pos, s.acc, s.n = pos, acc, n
}
