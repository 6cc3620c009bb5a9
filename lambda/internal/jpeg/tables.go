package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Tables are those in force at some place of a file, by their numbers. Its zero value has
// none; [Tables.Parse] begins with the standard conditions.
type Tables struct {
	quant      [4]*[64]uint16 // in natural order
	dc, ac     [4]*codeLengths
	conditions [16]conditioning // of arithmetic codes
}

// readQuantization reads a DQT segment.
func (t *Tables) readQuantization(body []byte) error {
	for len(body) > 0 {
		wide, id := int(body[0]>>4), body[0]&15
		body = body[1:]
		wide = min(wide, 1)
		if id > 3 || len(body) < 64*(1+wide) {
			return errors.New("bad quantization table")
		}
		read := new([64]uint16)
		for k := range 64 {
			if wide == 1 {
				read[natural[k]] = binary.BigEndian.Uint16(body[2*k:])
			} else {
				read[natural[k]] = uint16(body[k])
			}
		}
		t.quant[id] = read
		body = body[64*(1+wide):]
	}
	return nil
}

// readConditioning reads a DAC segment.
func (t *Tables) readConditioning(body []byte) error {
	for ; len(body) > 1; body = body[2:] {
		id, value := body[0], int(body[1])
		switch {
		case id < 16 && value&15 <= value>>4:
			t.conditions[id].low, t.conditions[id].high = value&15, value>>4
		case 16 <= id && id < 32:
			t.conditions[id-16].k = value
		default:
			return errors.New("bad conditioning of arithmetic codes")
		}
	}
	if len(body) > 0 {
		return errors.New("bad conditioning of arithmetic codes")
	}
	return nil
}

// readHuffman reads a DHT segment.
func (t *Tables) readHuffman(body []byte) error {
	for len(body) > 0 {
		class, id := body[0]>>4, body[0]&15
		table, rest, err := readCodeLengths(body[1:])
		if err != nil {
			return err
		}
		switch {
		case class == 0 && id < 4:
			t.dc[id] = table
		case class == 1 && id < 4:
			t.ac[id] = table
		default:
			return fmt.Errorf("bad Huffman table %d of class %d", id, class)
		}
		body = rest
	}
	return nil
}
